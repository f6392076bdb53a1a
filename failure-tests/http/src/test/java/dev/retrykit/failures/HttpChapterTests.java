package dev.retrykit.failures;

import java.util.List;
import java.util.Set;

/** The classes that the chapters about HTTP clients and local rejections name. */
class HttpChapterTests extends ChapterTests {

    HttpChapterTests() {
        super(
                List.of("http.book", "local.book"),
                Set.of("javax.xml.ws.WebServiceException", "javax.xml.ws.soap.SOAPFaultException"));
    }
}
