package io.github.rmap4j.tck.interleaving;

import io.github.rmap4j.spi.RmapStrategyProvider;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The schedules of a story: one thread is interrupted once, at each of its points in turn; where a page moves beside a walk,
 * both are, at all pairs of points; then random schedules with up to three interruptions, from fixed seeds.
 */
public final class Interleavings {
    private static final int RANDOM = 6;
    private static final int FRAMES = 4;
    private static final int MOST_INTERRUPTIONS = 3;

    /**
     * A schedule that goes wrong.
     *
     * @param schedule its word
     * @param stops where threads stop then, in this order
     * @param wrong what is wrong
     */
    public record Failed(String schedule, List<String> stops, Interleaving.Wrong wrong) {}

    private final Story story;
    private final RmapStrategyProvider provider;
    private final Interleaving.Check check;
    private @Nullable Failed failed;

    /**
     * The schedules of a story.
     *
     * @param story the story
     * @param provider creates the strategy
     * @param check what to look at afterwards
     */
    public Interleavings(Story story, RmapStrategyProvider provider, Interleaving.Check check) {
        this.story = story;
        this.provider = provider;
        this.check = check;
    }

    /** All stories. */
    public static List<Story> stories() {
        return Story.all();
    }

    /**
     * The story of a name.
     *
     * @param name the name
     * @return the story, if there is one
     */
    public static Optional<Story> story(String name) {
        return Story.all().stream().filter(story -> story.name().equals(name)).findFirst();
    }

    /**
     * Tries one schedule after another until one goes wrong. May be called once.
     *
     * @param thorough multiplies the random ones
     * @return it, or null
     */
    public @Nullable Failed first(int thorough) {
        int[] points = new int[2];
        for (int thread = 0; thread < 2; thread++) {
            points[thread] = 1;
            for (int at = 1; at <= points[thread] && failed == null; at++) {
                points[thread] = tryOut(Schedule.interrupted(thread, at)).points(thread);
            }
        }
        if (story.isMoveBesideWalk()) {
            for (int a = 1; a <= points[0]; a++) {
                for (int b = 1; b <= points[1] && failed == null; b++) {
                    tryOut(Schedule.interruptedTwice(a, b));
                }
            }
        }
        int most = Math.max(points[0], points[1]);
        for (int seed = 1; seed <= RANDOM * thorough && failed == null; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            tryOut(Schedule.random(random, 2 + random.nextInt(MOST_INTERRUPTIONS - 1), most));
        }
        return failed;
    }

    private Interleaving tryOut(Schedule schedule) {
        Interleaving run = new Interleaving(story, schedule, provider);
        Interleaving.Wrong wrong = wrong(run);
        if (wrong != null) {
            failed = new Failed(schedule.toString(), run.stops(), wrong);
        }
        return run;
    }

    private Interleaving.@Nullable Wrong wrong(Interleaving run) {
        try {
            return run.run(check);
        } catch (RuntimeException | AssertionError | LinkageError | StackOverflowError e) {
            StringBuilder text = new StringBuilder(e.toString());
            Arrays.stream(e.getStackTrace())
                    .limit(FRAMES)
                    .forEach(frame -> text.append("\n        at ").append(frame));
            return new Interleaving.Wrong("thrown", "nothing", text.toString());
        }
    }

    /**
     * Runs one schedule.
     *
     * @param word its word
     * @return what is wrong, or null
     * @throws IllegalArgumentException if it is none
     */
    public @Nullable Failed replay(String word) {
        Interleaving run = new Interleaving(story, Schedule.parse(word), provider);
        Interleaving.Wrong wrong = wrong(run);
        return wrong == null ? null : new Failed(word, run.stops(), wrong);
    }
}
