package dev.iostream.benchmarks;

import java.util.List;
import java.util.Optional;

/**
 * What a run says about one sentence of a target, and where to look when that is too little.
 *
 * @param workload under which it was measured
 * @param entry whose target it is
 * @param beside what to look at beside it, the best first; a workload need not have all of them
 * @param spread what was measured; nothing when it was not
 */
record Finding(String workload, String entry, List<String> beside, Optional<Spread> spread) {}
