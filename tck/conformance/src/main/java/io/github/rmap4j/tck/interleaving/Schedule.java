package io.github.rmap4j.tck.interleaving;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which thread runs when. As a word {@code a17b9}: thread a passes 17 points, then b passes 9, then it is a's turn again until
 * the end. Where a thread ends or cannot go on, its turn is over.
 *
 * @param turns in this order; who has run last goes on when they are over
 */
public record Schedule(List<Turn> turns) {
    /**
     * A thread runs for a while.
     *
     * @param thread its number, 0 for a
     * @param points that it passes, at least 1
     */
    public record Turn(int thread, int points) {}

    private static final Pattern WORD = Pattern.compile("(?:[ab][1-9][0-9]{0,6})+");
    private static final Pattern TURN = Pattern.compile("([ab])([0-9]+)");

    /** Copies the turns. */
    public Schedule {
        turns = List.copyOf(turns);
    }

    /** One thread is interrupted once: the other one runs to its end meanwhile. */
    static Schedule interrupted(int thread, int points) {
        return new Schedule(List.of(new Turn(thread, points), new Turn(1 - thread, Integer.MAX_VALUE)));
    }

    /** Thread a is interrupted, and thread b is, too. */
    static Schedule interruptedTwice(int pointsOfA, int pointsOfB) {
        return new Schedule(List.of(new Turn(0, pointsOfA), new Turn(1, pointsOfB), new Turn(0, Integer.MAX_VALUE)));
    }

    /** Some turns in alternation. */
    static Schedule random(SplittableRandom random, int interruptions, int mostPoints) {
        List<Turn> turns = new ArrayList<>();
        int thread = random.nextInt(2);
        for (int i = 0; i < interruptions; i++) {
            turns.add(new Turn(thread, 1 + random.nextInt(mostPoints)));
            thread = 1 - thread;
        }
        turns.add(new Turn(thread, Integer.MAX_VALUE));
        return new Schedule(turns);
    }

    /**
     * The schedule of a word.
     *
     * @throws IllegalArgumentException if it is none
     */
    static Schedule parse(String word) {
        if (!WORD.matcher(word).matches()) {
            throw new IllegalArgumentException("'" + word + "' is no schedule: expected turns of threads, as in a17b9");
        }
        List<Turn> turns = new ArrayList<>();
        Matcher matcher = TURN.matcher(word);
        while (matcher.find()) {
            turns.add(new Turn(matcher.group(1).charAt(0) - 'a', Integer.parseInt(matcher.group(2))));
        }
        turns.add(new Turn(1 - turns.get(turns.size() - 1).thread(), Integer.MAX_VALUE));
        return new Schedule(turns);
    }

    /** The word, without the last turn. */
    @Override
    public String toString() {
        StringBuilder word = new StringBuilder();
        for (Turn turn : turns.subList(0, turns.size() - 1)) {
            word.append((char) ('a' + turn.thread())).append(turn.points());
        }
        return word.toString();
    }
}
