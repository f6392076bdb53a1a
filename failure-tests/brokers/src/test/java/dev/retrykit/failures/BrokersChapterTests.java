package dev.retrykit.failures;

import java.util.List;
import java.util.Set;

/** The classes that the chapters about brokers, mail and files name. */
class BrokersChapterTests extends ChapterTests {

    BrokersChapterTests() {
        super(List.of("brokers.book", "mail-and-files.book"), Set.of());
    }
}
