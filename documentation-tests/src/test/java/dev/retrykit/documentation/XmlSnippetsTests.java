package dev.retrykit.documentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXParseException;

class XmlSnippetsTests {

    private static final Pattern COORDINATES = Pattern.compile("dev\\.retrykit:[a-z-]+:([\\w.-]+)");

    static Stream<Snippet> snippets() {
        return Page.all().stream().flatMap(page -> page.snippets("xml").stream());
    }

    @ParameterizedTest
    @MethodSource("snippets")
    void areWellFormedAndNameTheVersionThatIsBuilt(Snippet snippet) throws Exception {
        assertThat(versions(snippet.text())).containsOnly(built());
    }

    @Test
    void coordinatesForGradleNameTheVersionThatIsBuilt() throws Exception {
        List<String> versions = Page.all().stream()
                .flatMap(page -> COORDINATES.matcher(page.text()).results())
                .map(coordinates -> coordinates.group(1))
                .toList();

        assertThat(versions).isNotEmpty().containsOnly(built());
    }

    @Test
    void thatAreWrongAreFound() throws Exception {
        assertThat(versions("<dependency><groupId>dev.retrykit</groupId><version>0.0.1</version></dependency>"))
                .containsExactly("0.0.1");
        assertThatThrownBy(() -> versions("<dependency><groupId>dev.retrykit</dependency>"))
                .isInstanceOf(SAXParseException.class);
    }

    /** Those that are given to artifacts of ours; that which is built if there are none. */
    private static List<String> versions(String xml) throws Exception {
        Document document = parse(xml);
        List<String> versions = new ArrayList<>();
        NodeList groups = document.getElementsByTagName("groupId");
        for (int i = 0; i < groups.getLength(); i++) {
            Element artifact = (Element) groups.item(i).getParentNode();
            NodeList version = artifact.getElementsByTagName("version");
            if (groups.item(i).getTextContent().equals("dev.retrykit") && version.getLength() > 0) {
                versions.add(version.item(0).getTextContent());
            }
        }
        return versions.isEmpty() ? List.of(built()) : versions;
    }

    private static String built() throws Exception {
        Document pom = parse(Page.of("pom.xml").text());
        return pom.getElementsByTagName("version").item(0).getTextContent();
    }

    private static Document parse(String xml) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }
}
