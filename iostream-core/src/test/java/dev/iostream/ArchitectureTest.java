package dev.iostream;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.net.StandardSocketOptions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What may know what, where time comes from, and where threads may meet. */
class ArchitectureTest {
    private static final String ROOT = "dev.iostream.";

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.iostream");

    /** Each package with those that it may use. One that is not here fails a test, so that its place is decided. */
    private static final Map<String, List<String>> MAY_USE = Map.of(
            "event", List.of(),
            "loop", List.of("event"),
            "dns", List.of("event", "loop"),
            "transport", List.of("event", "loop", "dns"),
            "proxy", List.of("event", "loop", "dns", "transport"),
            "tls", List.of("event", "loop", "transport"),
            "stream", List.of("event", "loop", "dns", "transport", "tls"),
            "server", List.of("event", "loop", "dns", "transport", "proxy", "tls", "stream"),
            "client", List.of("event", "loop", "dns", "transport", "proxy", "tls", "stream"),
            "simulation", List.of("event", "loop", "dns", "transport", "tls", "stream"));

    /** Where threads may meet. Everything else is confined to a loop, or immutable. */
    private static final DescribedPredicate<JavaClass> THREADS_MEET = resideInAnyPackage(
                    // the queue of tasks, the wake-up, and numbers that anybody may read
                    ROOT + "loop..",
                    ROOT + "event..",
                    // names are resolved on threads of their own
                    ROOT + "dns..",
                    // façades that are safe from any thread
                    ROOT + "server..",
                    ROOT + "client..")
            // what a stream publishes, since closed() and closeReason() are safe from any thread
            .or(in("stream.StreamDriver"))
            // the two façades of a stream that are safe from any thread
            .or(in("stream.AsyncIOStream"))
            .or(in("stream.ReadFuture"))
            .or(in("stream.IOSimple"))
            .or(in("stream.SimpleDialer"))
            // what a server or client takes from any thread, and whoever reloads replaces
            .or(in("tls.ReloadableTls"))
            .as("the places where threads meet");

    private static DescribedPredicate<JavaClass> in(String name) {
        return DescribedPredicate.describe(name, type -> (type.getName() + "$").startsWith(ROOT + name + "$"));
    }

    @TestFactory
    Stream<DynamicTest> packagesUseOnlyThoseBelowThem() {
        return new TreeSet<>(MAY_USE.keySet())
                .stream().map(name -> DynamicTest.dynamicTest(name, () -> usesOnlyThoseBelow(name)));
    }

    private static void usesOnlyThoseBelow(String name) {
        String[] known = Stream.concat(Stream.of(name), MAY_USE.get(name).stream())
                .map(used -> ROOT + used + "..")
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(ROOT + name + "..")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.iostream..").and(not(resideInAnyPackage(known))))
                .allowEmptyShould(true)
                .because("a package can then be read, tested and changed by who knows only those below it")
                .check(MAIN);
    }

    @Test
    void everyPackageHasItsPlaceInTheOrder() {
        Set<String> packages = packages()
                .map(each -> each.getName().substring(ROOT.length()).split("\\.")[0])
                .collect(Collectors.toSet());
        assertThat(MAY_USE.keySet())
                .as("a package without a place in the order could use everything")
                .containsAll(packages);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(ROOT + "(*)..")
                .should()
                .beFreeOfCycles()
                .because("packages in a circle are one package with more names")
                .check(MAIN);
    }

    @Test
    void nothingUsesTheSimulation() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "simulation..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "simulation..")
                .because("what is simulated must not know that it is")
                .check(MAIN);
    }

    @Test
    void noFrameworkIsKnown() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework..", "io.micrometer..", "org.slf4j..", "java.util.logging..")
                .because("core runs in any application: it logs through System.Logger and is metered by its listeners")
                .check(MAIN);
    }

    @Test
    void selectorsAreKnownToTheLoopOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "loop..")
                .should()
                .dependOnClassesThat(named("java.nio.channels.Selector", "java.nio.channels.SelectionKey"))
                .because("what is odd about selectors is handled once, in NioPoller")
                .check(MAIN);
    }

    @Test
    void enginesAreKnownToTlsOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "tls..")
                .should()
                .dependOnClassesThat(named("javax.net.ssl.SSLEngine", "javax.net.ssl.SSLEngineResult"))
                .because("what engines want is done in one place, below the streams")
                .check(MAIN);
    }

    private static DescribedPredicate<JavaClass> named(String... names) {
        return DescribedPredicate.describe(
                String.join(" or ", names), type -> List.of(names).contains(type.getName()));
    }

    @Test
    void timeComesFromThePoller() {
        noClasses()
                .that(not(in("loop.NioPoller")))
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .because("in a simulation time is virtual, and a clock read elsewhere is not")
                .check(MAIN);
    }

    @Test
    void nothingSleeps() {
        noClasses()
                .that(not(in("loop.NioPoller")))
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class, int.class)
                .because("a loop that sleeps serves nobody; it has timers")
                .check(MAIN);
    }

    @Test
    void nothingLingers() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.iostream.transport.NioTransport")
                .should()
                .accessField(StandardSocketOptions.class, "SO_LINGER")
                .because("a close that lingers blocks the loop, and one that must not is a reset, which is made there")
                .check(MAIN);
    }

    @Test
    void nothingIsVolatileElsewhere() {
        noFields()
                .that()
                .areDeclaredInClassesThat(not(THREADS_MEET))
                .should()
                .haveModifier(JavaModifier.VOLATILE)
                .because("what is confined to its loop needs no volatile, and what is not must be looked at with care")
                .check(MAIN);
    }

    @Test
    void nothingIsSynchronizedElsewhere() {
        noMethods()
                .that()
                .areDeclaredInClassesThat(not(THREADS_MEET))
                .should()
                .haveModifier(JavaModifier.SYNCHRONIZED)
                .because("a lock that a loop can meet is a lock that can hold up all of its streams")
                .check(MAIN);
    }

    @Test
    void noAtomicsAndLocksElsewhere() {
        noClasses()
                .that(not(THREADS_MEET))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.concurrent.atomic..", "java.util.concurrent.locks..")
                .because("what is confined to its loop needs none, and what is not must be looked at with care")
                .check(MAIN);
    }

    @Test
    void everyPackageSaysWhatItIsAndIsNullMarked() {
        assertThat(packages())
                .as("packages without a package-info that is @NullMarked: null would be neither allowed nor refused")
                .filteredOn(each -> !each.isAnnotatedWith(NullMarked.class))
                .isEmpty();
    }

    private static Stream<JavaPackage> packages() {
        return MAIN.stream().map(JavaClass::getPackage).distinct();
    }
}
