//! Nodes by their place in the table.

/// Nodes by their place in the table, in pages that are made when first used.
#[derive(Default)]
pub(super) struct ByPlace(Vec<Vec<u32>>);

impl ByPlace {
    const PAGE: u32 = 1024;

    pub(super) fn get(&self, place: u32) -> Option<u32> {
        let node = *self
            .0
            .get((place / Self::PAGE) as usize)?
            .get((place % Self::PAGE) as usize)?;
        (node != u32::MAX).then_some(node)
    }

    pub(super) fn set(&mut self, place: u32, node: u32) {
        let page = (place / Self::PAGE) as usize;
        if self.0.len() <= page {
            self.0.resize_with(page + 1, Vec::new);
        }
        if self.0[page].is_empty() {
            self.0[page] = vec![u32::MAX; Self::PAGE as usize];
        }
        self.0[page][(place % Self::PAGE) as usize] = node;
    }
}
