package dev.iostream.benchmarks;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a run says about one sentence of a target, and where to look when that is too little.
 *
 * @param workload under which it was measured
 * @param entry whose target it is
 * @param beside what to look at beside it, the best first; a workload need not have all of them
 * @param basis whose figures it was made from
 * @param spread what was measured; nothing when it was not
 */
record Finding(String workload, String entry, List<String> beside, Set<Basis> basis, Optional<Spread> spread) {
    record Basis(String workload, String entry) {}
}
