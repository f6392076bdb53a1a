package dev.retrykit.failures;

import java.util.List;
import java.util.Set;

/** The classes that the chapter about access to data names. */
class DataChapterTests extends ChapterTests {

    DataChapterTests() {
        super(List.of("data.book"), Set.of("org.jetbrains.exposed.v1.exceptions.ExposedSQLException"));
    }
}
