//! Finds nodes by the addresses of their allocations.
//!
//! A pointer has the address of its target without reading the target. Reading the id there instead
//! would wait for memory, since references lead anywhere; that would be most of the cost of a
//! trace. This index is as dense as the allocations and stays in the caches of the processor: 8
//! bytes for each KiB of the heap, and a lookup reads one of these.
//!
//! An address stands for an object while that is alive, because the table's handle keeps the
//! allocation. [`take`](super::super::take) marks objects that die meanwhile.

/// An index from addresses of allocations to nodes.
#[derive(Default)]
pub(in crate::trace) struct ByAddress {
    /// Densely used parts of the heap, sorted.
    spans: Vec<Span>,
    /// The largest span, which is searched first: most heaps are one.
    near: Span,
    blocks: Vec<HeapBlock>,
    /// Nodes by address, for blocks in which the nodes are not in the order of the table.
    nodes: Vec<u32>,
}

/// Minimum alignment of values. Less aligned values are not in the index.
const ALIGN: usize = 16;

/// Minimum distance of two values of that alignment: two counts and an id are before each.
const GRAIN: usize = (2 * size_of::<usize>() + size_of::<u64>()).next_multiple_of(ALIGN);

/// Number of grains that have a bit in a word. With 32 of them, counting takes half the
/// instructions that 64 take.
const GRAINS: usize = u32::BITS as usize;

/// Number of bytes of a block.
const BLOCK: usize = GRAINS * GRAIN;

/// Maximum number of consecutive blocks without a value in a span: more than one allocation takes
/// for which malloc does not ask the system.
const GAP: usize = (256 << 10) / BLOCK;

/// Consecutive blocks of memory.
#[derive(Clone, Copy, Default)]
struct Span {
    /// The address of the first block, divided by the size of a block.
    first: usize,
    len: usize,
    /// The index of the first among all blocks.
    at: usize,
}

impl Span {
    /// Returns the index of a block among all, if it is in this span.
    #[inline]
    fn find(&self, block: usize) -> Option<usize> {
        let offset = block.wrapping_sub(self.first);
        (offset < self.len).then(|| self.at + offset)
    }
}

/// The values in one block of memory.
#[derive(Clone, Copy, Default)]
struct HeapBlock {
    taken: u32,
    /// The node of the first value, if the nodes are in the order of the addresses. Otherwise
    /// [`APART`], with the index in the nodes by address at which the block begins.
    first: u32,
}

/// A bit of a block: its nodes are not in the order of the addresses.
const APART: u32 = 1 << 31;

impl HeapBlock {
    /// Adds a node. `is_next` says that it follows the node that was added before.
    #[inline]
    fn add(&mut self, grain: u32, node: u32, is_next: bool) {
        if self.taken == 0 {
            self.first = node;
        } else if !is_next || self.taken >> grain != 0 {
            self.first = APART;
        }
        self.taken |= 1 << grain;
    }

    fn is_apart(&self) -> bool {
        self.first & APART != 0
    }

    /// Returns the number of values before this grain, if there is a value at it.
    #[inline]
    fn rank(&self, grain: u32) -> Option<u32> {
        let before = self.taken & ((1 << grain) - 1);
        (self.taken >> grain & 1 != 0).then_some(before.count_ones())
    }
}

/// Returns the block and the grain of an address; `None` for address 0 and for less aligned ones.
#[inline]
fn split(address: usize) -> Option<(usize, u32)> {
    (address != 0 && address % ALIGN == 0)
        .then_some((address / BLOCK, (address / GRAIN % GRAINS) as u32))
}

impl ByAddress {
    /// Indexes the nodes from 0 on, which are at these addresses; 0 where the address is not known.
    pub(in crate::trace) fn of(addresses: &[usize]) -> Self {
        if addresses.len() > APART as usize {
            return Self::default();
        }
        let mut found = Self::with_spans(addresses);
        let mut at = (usize::MAX, None);
        let (mut block, mut last) = (HeapBlock::default(), 0);
        for (node, &address) in (0..).zip(addresses) {
            let Some((number, grain)) = split(address) else {
                continue;
            };
            if number != at.0 {
                found.put(at.1, block);
                at = (number, found.block(number));
                block = at.1.map_or_else(HeapBlock::default, |at| found.blocks[at]);
                // The last value of this block is not the last node that was added.
                last = u32::MAX;
            }
            block.add(grain, node, node == last.wrapping_add(1));
            last = node;
        }
        found.put(at.1, block);
        let mut room = 0;
        for block in found.blocks.iter_mut().filter(|block| block.is_apart()) {
            block.first = room | APART;
            room += block.taken.count_ones();
        }
        if room > 0 {
            found.nodes.resize(room as usize, 0);
            let mut at = (usize::MAX, HeapBlock::default());
            for (node, &address) in (0..).zip(addresses) {
                let Some((number, grain)) = split(address) else {
                    continue;
                };
                if number != at.0 {
                    let block = found.block(number).map(|at| found.blocks[at]);
                    at = (number, block.unwrap_or_default());
                }
                if let (true, Some(rank)) = (at.1.is_apart(), at.1.rank(grain)) {
                    found.nodes[((at.1.first & !APART) + rank) as usize] = node;
                }
            }
        }
        found
    }

    fn put(&mut self, at: Option<usize>, block: HeapBlock) {
        if let Some(at) = at {
            self.blocks[at] = block;
        }
    }

    /// Makes empty blocks for these addresses.
    fn with_spans(addresses: &[usize]) -> Self {
        let mut taken: Vec<usize> = Vec::new();
        let mut last = usize::MAX;
        for &address in addresses {
            if address / BLOCK == last {
                continue;
            }
            if let Some((block, _)) = split(address) {
                taken.push(block);
                last = block;
            }
        }
        // Nearly sorted already, since objects are listed in the order of their creation.
        taken.sort();
        let mut found = Self::default();
        let mut room = 0;
        for block in taken {
            match found.spans.last_mut() {
                Some(last) if block < last.first + last.len + GAP => {
                    room += (block + 1 - last.first).saturating_sub(last.len);
                    last.len = last.len.max(block + 1 - last.first);
                }
                _ => {
                    found.spans.push(Span {
                        first: block,
                        len: 1,
                        at: room,
                    });
                    room += 1;
                }
            }
        }
        let largest = found.spans.iter().max_by_key(|span| span.len);
        found.near = largest.copied().unwrap_or_default();
        found.blocks = vec![HeapBlock::default(); room];
        found
    }

    /// Returns the index of a block among all.
    #[inline]
    fn block(&self, block: usize) -> Option<usize> {
        self.near.find(block).or_else(|| self.far(block))
    }

    fn far(&self, block: usize) -> Option<usize> {
        let before = self.spans.partition_point(|span| span.first <= block);
        self.spans.get(before.checked_sub(1)?)?.find(block)
    }

    /// Returns addresses that none in the index is below or above; `None` if the index is empty.
    #[cfg(feature = "scan")]
    pub(in crate::trace) fn bounds(&self) -> Option<(usize, usize)> {
        let (first, last) = (self.spans.first()?, self.spans.last()?);
        let end = (last.first + last.len).saturating_mul(BLOCK);
        Some((first.first * BLOCK, end))
    }

    /// Whether the index is too large for the caches of the processor.
    pub(in crate::trace) fn is_far(&self) -> bool {
        // Tests always run the code for large heaps.
        self.blocks.len() > if cfg!(debug_assertions) { 0 } else { 1 << 15 }
    }

    /// Returns where the index has the node of the allocation at this address.
    #[inline]
    pub(in crate::trace) fn spot(&self, address: usize) -> Option<Spot> {
        let (block, grain) = split(address)?;
        let block = self.block(block)?;
        Some(Spot { block, grain })
    }

    /// Returns the node of the allocation at this address, if it is in the largest span.
    #[inline]
    pub(in crate::trace) fn near(&self, address: usize) -> Option<u32> {
        let (block, grain) = split(address)?;
        let block = self.near.find(block)?;
        self.at(Spot { block, grain })
    }

    /// Returns the node at a spot, if there is one.
    #[inline]
    pub(in crate::trace) fn at(&self, spot: Spot) -> Option<u32> {
        let block = self.blocks.get(spot.block)?;
        let number = block.first + block.rank(spot.grain)?;
        if number & APART == 0 {
            Some(number)
        } else {
            self.nodes.get((number & !APART) as usize).copied()
        }
    }

    /// Returns the node of the allocation at this address, if it is in the index.
    #[inline]
    pub(in crate::trace) fn get(&self, address: usize) -> Option<u32> {
        self.at(self.spot(address)?)
    }
}

/// Where the index has the node of an allocation.
#[derive(Clone, Copy)]
pub(in crate::trace) struct Spot {
    block: usize,
    grain: u32,
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::ByAddress;

    proptest! {
        #[test]
        fn nodes_are_found_by_their_addresses(
            runs in prop::collection::vec((1usize..40_000, 1usize..40, 1usize..5, 0usize..4), 0..40),
            unknown in prop::collection::hash_set(0u32..1000, 0..20),
            asked in prop::collection::vec(0usize..50_000, 0..200),
        ) {
            // As far apart as allocations with two counts and an id are.
            let mut addresses: Vec<usize> = Vec::new();
            let is_apart = |addresses: &[usize], from: usize| {
                addresses.iter().all(|&other| other.abs_diff(from) >= 24)
            };
            for (start, len, step, far) in runs {
                for number in 0..len {
                    let address = (start + number * step) * 8 + (far << 30);
                    if is_apart(&addresses, address) {
                        addresses.push(address);
                    }
                }
            }
            let listed: Vec<usize> = std::iter::zip(&addresses, 0..)
                .map(|(&address, node)| if unknown.contains(&node) { 0 } else { address })
                .collect();
            let known = listed.iter().zip(0..);
            let known: HashMap<usize, u32> = known
                .filter(|(address, _)| **address > 0 && **address % 16 == 0)
                .map(|(&address, node)| (address, node))
                .collect();
            let found = ByAddress::of(&listed);
            let asked = asked.into_iter().map(|address| address * 8);
            let asked = asked.filter(|&address| is_apart(&addresses, address));
            for address in asked.chain(addresses.clone()) {
                prop_assert_eq!(found.get(address), known.get(&address).copied());
            }
        }
    }
}
