package dev.iostream.boot.autoconfigure;

import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzedException;

/** What a start that fails tells the operator. */
public final class Analyses {
    private Analyses() {}

    /** What is said of that failure, or of one that caused it. */
    public static AnalysisAssert assertThat(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof FailureAnalyzedException analyzed) {
                return new AnalysisAssert(analyzed.analysis());
            }
        }
        throw new AssertionError("There is no analysis of the failure", failure);
    }

    /** Compares the whole text. */
    public static final class AnalysisAssert extends AbstractAssert<AnalysisAssert, FailureAnalysis> {
        AnalysisAssert(FailureAnalysis analysis) {
            super(analysis, AnalysisAssert.class);
        }

        public AnalysisAssert describes(String description) {
            Assertions.assertThat(actual.getDescription()).isEqualTo(description);
            return this;
        }

        public AnalysisAssert advises(String action) {
            Assertions.assertThat(actual.getAction()).isEqualTo(action);
            return this;
        }
    }
}
