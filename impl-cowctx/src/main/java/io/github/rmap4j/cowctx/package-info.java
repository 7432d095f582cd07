/**
 * CoW contexts (Lorenzo Stoakes, LSF/MM/BPF 2026): each address space has one {@link io.github.rmap4j.cowctx.CowContext},
 * which stands in the tree of forks; a folio names the context that mapped it first, and a walk looks at that context
 * and all below it, each at the address that the folio's index says. Where pages were moved, the context's
 * {@link io.github.rmap4j.cowctx.RemapTree} knows by how much.
 *
 * <p>The invariant: for every entry of a space S that maps a folio F at page A, the context of S is that of F or below it,
 * and A - F.index is 0 or in the remap tree of S at F.index.
 *
 * <p>Lock order: no lock of this strategy is held while another one is taken, or a candidate offered.
 */
package io.github.rmap4j.cowctx;
