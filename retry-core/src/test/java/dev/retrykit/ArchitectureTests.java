package dev.retrykit;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the packages' documentation promises, kept by the build. */
@AnalyzeClasses(packages = "dev.retrykit", importOptions = DoNotIncludeTests.class)
class ArchitectureTests {

    /** From top to bottom. The page of the root package says what they are for. */
    private static final List<List<String>> FLOORS = List.of(
            List.of("dev.retrykit"),
            List.of("dev.retrykit.internal.drive"),
            List.of("dev.retrykit.internal.engine"),
            List.of("dev.retrykit.internal.attempt", "dev.retrykit.internal.report"),
            List.of("dev.retrykit.internal.decision"),
            List.of("dev.retrykit.circuit", "dev.retrykit.budget", "dev.retrykit.annotation", "dev.retrykit.event"),
            List.of(
                    "dev.retrykit.failure",
                    "dev.retrykit.failure.book",
                    "dev.retrykit.http",
                    "dev.retrykit.backoff",
                    "dev.retrykit.time",
                    "dev.retrykit.function",
                    "dev.retrykit.internal.circuit",
                    "dev.retrykit.internal.book",
                    "dev.retrykit.internal.foreign",
                    "dev.retrykit.internal.stage",
                    "dev.retrykit.internal.timer",
                    "dev.retrykit.internal.thread",
                    "dev.retrykit.internal.keyed",
                    "dev.retrykit.internal.window",
                    "dev.retrykit.internal.validation"));

    @ArchTest
    static final ArchRule importsGoDownward = HouseRules.importsGoDownward(FLOORS);

    @ArchTest
    static final ArchRule everyPackageIsOnAFloor = classes()
            .should()
            .resideInAnyPackage(FLOORS.stream().flatMap(List::stream).toArray(String[]::new));

    @ArchTest
    static final ArchRule noPackageIsPartOfACycle =
            slices().matching("dev.retrykit.(**)").should().beFreeOfCycles();

    @ArchTest
    static void packagesAreSmall(JavaClasses all) {
        HouseRules.assertSmallPackages(all);
    }

    /** Of the public API, or named after it: {@code AnswerRules} and {@code AnswerMarks}. */
    private static final Set<String> NAMED_BY_OTHER_WORDS =
            Set.of("AnswerMarks", "AnswerNotes", "AnswerRules", "PeerAnswer");

    @ArchTest
    static void namesUseTheWordsOfTheGlossary(JavaClasses all) throws IOException {
        HouseRules.assertNamedByTheGlossary(all, NAMED_BY_OTHER_WORDS);
    }

    @ArchTest
    static final ArchRule nothingIsNeededButTheJdk = noClasses()
            .should()
            .dependOnClassesThat(
                    not(resideInAnyPackage("java..", "javax.net.ssl..", "org.jspecify..", "dev.retrykit..")));

    @ArchTest
    static final ArchRule onlyTheTimePackagesReadClocksAndSleep = noClasses()
            .that(not(resideInAnyPackage("dev.retrykit.time", "dev.retrykit.internal.timer")))
            .should()
            .accessTargetWhere(describe("reads a clock or sleeps", ArchitectureTests::readsAClockOrSleeps))
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(Timer.class, Clock.class, ScheduledExecutorService.class, ScheduledThreadPoolExecutor.class);

    @ArchTest
    static final ArchRule publicTypesAreNamedForWhatTheyAre = noClasses()
            .that()
            .haveModifier(JavaModifier.PUBLIC)
            .should()
            .haveSimpleNameEndingWith("Impl")
            .orShould()
            .haveSimpleNameStartingWith("Abstract")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveNameMatching(".*Utils?")
            .orShould()
            .haveSimpleNameEndingWith("Constants")
            .orShould()
            .haveNameMatching(".*\\.I[A-Z][a-z]\\w*");

    private static boolean readsAClockOrSleeps(JavaAccess<?> access) {
        Class<?> owner = access.getTargetOwner().reflect();
        String name = access.getName();
        return owner == System.class && (name.equals("nanoTime") || name.equals("currentTimeMillis"))
                || owner.getPackageName().equals("java.time") && name.equals("now")
                || owner == Thread.class && name.equals("sleep")
                || owner == TimeUnit.class && name.equals("sleep")
                || owner.getPackageName().equals("java.util.concurrent") && name.startsWith("schedule")
                || name.equals("delayedExecutor")
                || name.equals("parkNanos")
                || name.equals("parkUntil");
    }

    @Test
    void noSourceFileHasMoreLinesOfCodeThanTheHouseAllows() throws IOException {
        HouseRules.assertShortFiles();
    }
}
