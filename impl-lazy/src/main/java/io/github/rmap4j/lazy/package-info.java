/**
 * ANON_VMA_LAZY (Tao, linux-mm, 27 May 2026): a VMA that was never forked has neither anon_vma nor chain entries; its
 * folios name its <em>root VMA</em>, and a walk computes the address. A fork upgrades what it copies to anon_vmas.
 *
 * <p>How it is put together: {@link io.github.rmap4j.lazy.AnonVmaTree} is the state of one VMA,
 * {@link io.github.rmap4j.lazy.RootVma} what folios of LAZY and PARENT VMAs name, {@link io.github.rmap4j.lazy.AnonVma}
 * what the others name. {@link io.github.rmap4j.lazy.LazyRules} decides wherever the series' text leaves a choice;
 * {@link io.github.rmap4j.lazy.Topology} makes and changes states, {@link io.github.rmap4j.lazy.LazyWalks} walks, and
 * {@link io.github.rmap4j.lazy.LazyStrategy} answers the engine with them.
 *
 * <p>Lock order: a root's VMA lock (class {@code vma_lock}), then the root lock of a fork tree (class {@code anon_vma}),
 * then page_table_lock.
 */
package io.github.rmap4j.lazy;
