//! Interns the sites that create handles.

use std::collections::HashMap;
use std::panic::Location;

use crate::lock::Mutex;
use crate::site::SiteRef;

#[derive(Default)]
struct SiteTable {
    rows: Vec<SiteRef>,
    numbers: HashMap<Location<'static>, u32>,
}

static SITES: Mutex<Option<SiteTable>> = Mutex::new(None);

/// Interns a site. Equal sites have one number, even if the compiler has several constants for
/// them.
pub(crate) fn number(site: SiteRef) -> u32 {
    let mut sites = SITES.lock();
    let sites = sites.get_or_insert_with(SiteTable::default);
    let next = sites.rows.len() as u32;
    let number = *sites.numbers.entry(*site).or_insert(next);
    if number == next {
        sites.rows.push(site);
    }
    number
}

/// Returns the site with this number.
pub(crate) fn site(number: u32) -> Option<SiteRef> {
    let sites = SITES.lock();
    sites.as_ref()?.rows.get(number as usize).copied()
}

/// Lists all sites, by number.
pub(crate) fn all() -> Vec<SiteRef> {
    let sites = SITES.lock();
    sites.as_ref().map_or_else(Vec::new, |s| s.rows.clone())
}
