//! Nodes by the addresses of the allocations that the table has handles to.
//!
//! A pointer tells where it leads to without a look at what is there. To read the id instead is to
//! wait for memory, since references lead anywhere; that is most of what a trace would cost. The
//! addresses, in a form as dense as the allocations, stay near the processor: 8 bytes for each
//! KiB of the heap, of which one look-up reads those of one.
//!
//! An address stands for an object as long as that is alive: until then the table's handle keeps
//! the allocation from being used anew. See [`take`](super::super::take) for those that die meanwhile.

/// Which node an allocation is.
#[derive(Default)]
pub(in crate::trace) struct ByAddress {
    /// Parts of the heap that are well filled, sorted.
    spans: Vec<Span>,
    /// The one that holds most, where one looks first: most heaps are one.
    near: Span,
    blocks: Vec<HeapBlock>,
    /// Nodes by address, for blocks where the order is not that of the table.
    nodes: Vec<u32>,
}

/// What values are aligned to at least. Those elsewhere are not found here.
const ALIGN: usize = 16;

/// How far apart values are at least that are so aligned: before each there are two counts, and in
/// it an id.
const GRAIN: usize = (2 * size_of::<usize>() + size_of::<u64>()).next_multiple_of(ALIGN);

/// How many grains the bits of a word tell of. With 32 of them they are counted in half the
/// instructions that 64 take.
const GRAINS: usize = u32::BITS as usize;

/// So many bytes are a block.
const BLOCK: usize = GRAINS * GRAIN;

/// How many blocks in a row without a value a span may have: more than one allocation takes that
/// malloc does not ask the system for.
const GAP: usize = (256 << 10) / BLOCK;

/// Blocks that follow each other in memory.
#[derive(Clone, Copy, Default)]
struct Span {
    /// The address of the first, divided by what a block is.
    first: usize,
    len: usize,
    /// Where they begin among all blocks.
    at: usize,
}

impl Span {
    /// Where a block is among all, if it is one of these.
    #[inline]
    fn find(&self, block: usize) -> Option<usize> {
        let offset = block.wrapping_sub(self.first);
        (offset < self.len).then(|| self.at + offset)
    }
}

/// Which grains hold a value, and which.
#[derive(Clone, Copy, Default)]
struct HeapBlock {
    taken: u32,
    /// The node of the first, if the nodes follow each other as the addresses do; else
    /// [`APART`], and where in the nodes by address the block begins.
    first: u32,
}

/// In a block: the nodes do not follow each other.
const APART: u32 = 1 << 31;

impl HeapBlock {
    /// Adds a node, which is the next one in the table after that which was added before, or is
    /// not.
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

    /// How many grains before this one are taken, if this one is.
    #[inline]
    fn rank(&self, grain: u32) -> Option<u32> {
        let before = self.taken & ((1 << grain) - 1);
        (self.taken >> grain & 1 != 0).then_some(before.count_ones())
    }
}

/// The block and the grain in it; `None` too for no address.
#[inline]
fn split(address: usize) -> Option<(usize, u32)> {
    (address != 0 && address.is_multiple_of(ALIGN))
        .then_some((address / BLOCK, (address / GRAIN % GRAINS) as u32))
}

impl ByAddress {
    /// The nodes from 0 on, at these addresses; 0 where it is not known.
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
                // What was added to it before was not the last one.
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
                if at.1.is_apart()
                    && let Some(rank) = at.1.rank(grain)
                {
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

    /// Empty blocks where these addresses are.
    fn with_spans(addresses: &[usize]) -> Self {
        let mut taken: Vec<usize> = Vec::new();
        let mut last = usize::MAX;
        for &address in addresses {
            if address / BLOCK != last
                && let Some((block, _)) = split(address)
            {
                taken.push(block);
                last = block;
            }
        }
        // Most of them are in order, since objects are listed as they were made.
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

    /// Where a block is among all.
    #[inline]
    fn block(&self, block: usize) -> Option<usize> {
        self.near.find(block).or_else(|| self.far(block))
    }

    fn far(&self, block: usize) -> Option<usize> {
        let before = self.spans.partition_point(|span| span.first <= block);
        self.spans.get(before.checked_sub(1)?)?.find(block)
    }

    /// Whether this is too large to stay near the processor.
    pub(in crate::trace) fn is_far(&self) -> bool {
        // Tests are to go the way of large heaps too.
        self.blocks.len() > if cfg!(debug_assertions) { 0 } else { 1 << 15 }
    }

    /// Where it stands which node the allocation at this address is, if it stands anywhere.
    #[inline]
    pub(in crate::trace) fn spot(&self, address: usize) -> Option<Spot> {
        let (block, grain) = split(address)?;
        let block = self.block(block)?;
        Some(Spot { block, grain })
    }

    /// The node of the allocation at this address, if that is known and near most others.
    #[inline]
    pub(in crate::trace) fn near(&self, address: usize) -> Option<u32> {
        let (block, grain) = split(address)?;
        let block = self.near.find(block)?;
        self.at(Spot { block, grain })
    }

    /// The node that stands there, if there is one.
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

    /// The node of the allocation at this address, if that is known.
    #[inline]
    pub(in crate::trace) fn get(&self, address: usize) -> Option<u32> {
        self.at(self.spot(address)?)
    }
}

/// Where it stands which node an allocation is.
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
            // Values are so far apart as allocations with two counts and an id are.
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
            let told = addresses.iter().zip(0..);
            let told = told.map(|(&address, node)| if unknown.contains(&node) { 0 } else { address });
            let told: Vec<usize> = told.collect();
            let known = told.iter().zip(0..);
            let known: HashMap<usize, u32> = known
                .filter(|(address, _)| **address > 0 && **address % 16 == 0)
                .map(|(&address, node)| (address, node))
                .collect();
            let found = ByAddress::of(&told);
            let asked = asked.into_iter().map(|address| address * 8);
            let asked = asked.filter(|&address| is_apart(&addresses, address));
            for address in asked.chain(addresses.clone()) {
                prop_assert_eq!(found.get(address), known.get(&address).copied());
            }
        }
    }
}
