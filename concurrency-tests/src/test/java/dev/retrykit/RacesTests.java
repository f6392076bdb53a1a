package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openjdk.jcstress.JCStress;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.ReportUtils;

/** Runs the races, as long and in as many ways as the system property {@code jcstress.options} says. */
class RacesTests {

    private static final String OPTIONS = System.getProperty("jcstress.options", "-m sanity");

    private final Options options = new Options(OPTIONS.trim().split("\\s+"));

    @Test
    @Timeout(value = 6, unit = TimeUnit.HOURS)
    void everyRaceRunsAndNoneHasAForbiddenOutcome() throws Exception {
        assertThat(options.parse()).as(OPTIONS).isTrue();
        JCStress stress = new JCStress(options);
        Collection<String> races = stress.getTests();
        assertThat(races).isNotEmpty();
        stress.run();
        Collection<TestResult> results = results();
        // jcstress itself passes over a race that couldn't run
        assertThat(results)
                .allSatisfy(result -> assertThat(ReportUtils.statusToLabel(result))
                        .as(result.getName())
                        .isEqualTo("OK"));
        assertThat(results).extracting(TestResult::getName).containsExactlyInAnyOrderElementsOf(races);
    }

    private Collection<TestResult> results() throws IOException, ClassNotFoundException {
        InProcessCollector collector = new InProcessCollector();
        DiskReadCollector reader = new DiskReadCollector(options.getResultFile(), collector);
        reader.dump();
        reader.close();
        return ReportUtils.mergedByName(collector.getTestResults());
    }
}
