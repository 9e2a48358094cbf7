package dev.forgetmenot.host.bench;

/**
 * What a process is like after a part of its work, and what an image of that part took.
 *
 * @param images drawn so far
 * @param forgettings done so far
 * @param at seconds since the work began
 * @param seconds an image took
 * @param processorSeconds that all threads of the process computed for an image; other programs
 *     hardly change them
 * @param resident bytes of the machine's memory that the process holds; 0 where it is not known
 * @param outside bytes of them outside of the Java heap, after a collection of garbage; likewise
 * @param heap bytes of the Java heap in use after a collection of garbage
 * @param arrays arrays of the engine that are open
 */
public record SoakSample(
    int images,
    int forgettings,
    double at,
    double seconds,
    double processorSeconds,
    long resident,
    long outside,
    long heap,
    int arrays) {}
