//! A cache of pages, which is full after a while.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

use crate::chat::lock;
use crate::pointers::Arc;

/// Number of pages in the cache.
const CAPACITY: usize = 200;

/// The pages that were read last.
#[cfg_attr(feature = "objgraph", derive(objgraph::Tracked))]
#[derive(Debug)]
pub(crate) struct Pages(Mutex<Cache>);

#[cfg_attr(feature = "objgraph", derive(objgraph::Tracked))]
#[derive(Debug, Default)]
struct Cache {
    pages: HashMap<u32, Arc<Page>>,
    oldest_first: VecDeque<u32>,
}

/// A page, as it was made.
#[cfg_attr(feature = "objgraph", derive(objgraph::Tracked))]
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) text: String,
}

impl Pages {
    pub(crate) fn new() -> Self {
        Self(Mutex::default())
    }

    /// Returns a page from the cache, or makes it.
    pub(crate) fn get(&self, number: u32) -> Arc<Page> {
        if let Some(page) = lock(&self.0).pages.get(&number) {
            return Arc::clone(page);
        }
        let page = Arc::new(Page {
            text: format!("Page {number}\n").repeat(50),
        });
        lock(&self.0).keep(number, Arc::clone(&page));
        page
    }
}

impl Cache {
    fn keep(&mut self, number: u32, page: Arc<Page>) {
        if self.pages.insert(number, page).is_some() {
            return;
        }
        self.oldest_first.push_back(number);
        if self.oldest_first.len() > CAPACITY
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.pages.remove(&oldest);
        }
    }
}
