/** Finds and opens inputs. */
package io.github.rmap4j.lab.input;
