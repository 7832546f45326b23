package dev.iostream.benchmarks;

/**
 * One that is measured under a workload: a peer, or a variant of one.
 *
 * @param id what programs call it, unique within its workload
 * @param title what reports call it
 * @param peer whose server it is
 * @param procedure how it is measured
 */
record Entry(String id, String title, Peer peer, Procedure procedure) {
    /** A peer as it is. */
    static Entry of(Peer peer, Procedure procedure) {
        return new Entry(peer.id(), peer.title(), peer, procedure);
    }

    /** A variant of a peer. */
    static Entry of(Peer peer, String variant, Procedure procedure) {
        return new Entry(peer.id() + "-" + variant.replace(' ', '-'), peer.title() + ", " + variant, peer, procedure);
    }
}
