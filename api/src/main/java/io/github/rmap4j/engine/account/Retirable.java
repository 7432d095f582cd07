package io.github.rmap4j.engine.account;

/** Something that a thread keeps in its {@link Task} and that must not be left alone when the thread ends. */
public interface Retirable {
    /** The thread has ended. */
    void retire();
}
