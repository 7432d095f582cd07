package io.github.rmap4j.tck.interleaving;

import io.github.rmap4j.api.CooperativeThread;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Lets one of several threads run at a time, as a schedule says. What it knows is only touched by whoever has the baton. */
final class Baton {
    /** Long enough for the slowest machine: reached only if a thread waits for something that is no lock of the engine. */
    private static final long MOST_SECONDS = 30;
    /** Each thread looks again so often, and nothing has changed: they wait for one another. */
    private static final int MOST_FRUITLESS = 4;

    /** Ends threads that wait for one another. */
    private static final class Over extends Error {
        private static final long serialVersionUID = 1L;

        Over() {
            super("the schedule is over", null, false, false);
        }
    }

    /** A thread that runs when it has the baton. */
    private final class Participant extends Thread implements CooperativeThread {
        private final int number;
        private final Runnable body;
        private final Semaphore turn = new Semaphore(0);
        private boolean ended;
        private int points;
        private @Nullable String waitsFor;
        private @Nullable Throwable thrown;

        Participant(int number, Runnable body) {
            super("interleaved-" + (char) ('a' + number));
            setDaemon(true);
            this.number = number;
            this.body = body;
        }

        private char letter() {
            return (char) ('a' + number);
        }

        @Override
        public void run() {
            turn.acquireUninterruptibly();
            try {
                body.run();
            } catch (Over e) {
                // Somebody else says why.
                return;
            } catch (Throwable e) {
                thrown = e;
            } finally {
                ended = true;
                passOn(this);
            }
        }

        @Override
        public void giveWay(String lockClass) {
            waitsFor = lockClass;
            stops.add(letter() + " waits for " + lockClass);
            fruitless++;
            if (fruitless > MOST_FRUITLESS * threads.size()) {
                deadlock = deadlock();
                over = true;
                threads.forEach(thread -> thread.turn.release());
                await(this);
            } else if (passOn(this) != null) {
                await(this);
            }
            // Otherwise it is alone, and looks again at what the last one has left.
            waitsFor = null;
        }

        void pass(String where) {
            points++;
            fruitless = 0;
            if (turnPoints != Integer.MAX_VALUE && --turnPoints == 0 && nextTurn() != this) {
                stops.add(letter() + " stops " + where);
                hand(threads.get(schedule.turns().get(turnNumber).thread()));
                await(this);
            }
        }
    }

    private final List<Participant> threads = new ArrayList<>();
    private final Schedule schedule;
    private int turnNumber;
    private int turnPoints;
    private int fruitless;
    private volatile boolean over;
    /** Where threads stopped, for whoever wants to know what happened. */
    private final List<String> stops = new ArrayList<>();

    private @Nullable String deadlock;

    Baton(Schedule schedule, List<Runnable> bodies) {
        this.schedule = schedule;
        for (Runnable body : bodies) {
            threads.add(new Participant(threads.size(), body));
        }
    }

    /**
     * The calling thread passes a point, if it is one of those that are interleaved.
     *
     * @param where what it has done or is about to do
     */
    static void point(String where) {
        if (Thread.currentThread() instanceof Participant participant) {
            participant.pass(where);
        }
    }

    /**
     * Runs all threads to their ends.
     *
     * @return what is wrong, or null
     */
    @Nullable
    String run() {
        threads.forEach(Thread::start);
        Schedule.Turn first = schedule.turns().get(0);
        turnPoints = first.points();
        hand(threads.get(first.thread()));
        for (Participant thread : threads) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(MOST_SECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
            if (thread.isAlive()) {
                return "thread " + thread.letter() + " does not end: "
                        + Arrays.stream(thread.getStackTrace()).limit(8).toList();
            }
        }
        return deadlock != null ? deadlock : thrown();
    }

    private @Nullable String thrown() {
        for (Participant thread : threads) {
            if (thread.thrown instanceof RuntimeException e) {
                throw e;
            } else if (thread.thrown instanceof Error e) {
                throw e;
            }
        }
        return null;
    }

    /** Where threads stopped, in this order. */
    List<String> stops() {
        return List.copyOf(stops);
    }

    /** Points that a thread has passed. */
    int points(int thread) {
        return threads.get(thread).points;
    }

    private String deadlock() {
        StringBuilder text = new StringBuilder("threads wait for one another:");
        for (Participant thread : threads) {
            if (!thread.ended) {
                text.append(' ')
                        .append(thread.letter())
                        .append(" for '")
                        .append(thread.waitsFor)
                        .append('\'');
            }
        }
        return text.toString();
    }

    /** The next turn of a thread that has not ended begins. */
    private Participant nextTurn() {
        while (turnNumber + 1 < schedule.turns().size()) {
            turnNumber++;
            Schedule.Turn turn = schedule.turns().get(turnNumber);
            Participant thread = threads.get(turn.thread());
            if (!thread.ended) {
                turnPoints = turn.points();
                return thread;
            }
        }
        turnPoints = Integer.MAX_VALUE;
        return (Participant) Thread.currentThread();
    }

    /** Somebody else goes on: its turn is over, or it has none. */
    private @Nullable Participant passOn(Participant from) {
        turnPoints = Integer.MAX_VALUE;
        while (turnNumber + 1 < schedule.turns().size()
                && schedule.turns().get(turnNumber).thread() == from.number) {
            turnNumber++;
            turnPoints = schedule.turns().get(turnNumber).points();
        }
        for (int i = 1; i < threads.size(); i++) {
            Participant next = threads.get((from.number + i) % threads.size());
            if (!next.ended) {
                hand(next);
                return next;
            }
        }
        return null;
    }

    private static void hand(Participant next) {
        next.turn.release();
    }

    private void await(Participant me) {
        me.turn.acquireUninterruptibly();
        if (over) {
            throw new Over();
        }
    }
}
