/** Records workloads of this machine. */
package io.github.rmap4j.lab.record;
