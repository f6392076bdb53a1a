package dev.retrykit.failures;

import java.util.List;
import java.util.Set;

/** The classes that the chapters about clouds and AI name. */
class CloudsChapterTests extends ChapterTests {

    CloudsChapterTests() {
        super(List.of("clouds.book", "payments-and-apis.book", "ai.book"), Set.of());
    }
}
