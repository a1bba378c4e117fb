//! Which types are recorded: decided once for each type, and read by each creation of an object.
//!
//! While nothing is left out, a creation reads one flag. Otherwise it looks up the constant of its type
//! in a cache that all threads share, and that needs no lock: each word of it is an address and a
//! decision. The words are only written with [`CHOICE`] locked, so no decision of an earlier choice is
//! left in it once a choice was made.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::listing::LeftOutType;
use crate::lock::Mutex;
use crate::pointer_kind::PointerKind;
use crate::table::environment::EnvironmentChoice;
use crate::table::interned::kinds::TypeMeta;
use crate::type_pattern::{Pattern, PatternError};

type Meta = &'static TypeMeta;

/// Whether types may be left out. They may before the environment was read, when the first object is
/// created.
static IS_MADE: AtomicBool = AtomicBool::new(true);

/// Whether types may ever have been left out.
static WAS_MADE: AtomicBool = AtomicBool::new(false);

/// Number of words of the cache, a power of two.
const WORDS: usize = 1024;

/// Maximum number of words that are compared with an address.
const PROBES: usize = 8;

/// The bit of a word that leaves the type out. Constants of types are aligned, so no address has it.
const LEFT_OUT: usize = 1;

/// Decisions, by the addresses of the constants of types; 0 in unused words.
static DECISIONS: [AtomicUsize; WORDS] = [const { AtomicUsize::new(0) }; WORDS];

static CHOICE: Mutex<Choice> = Mutex::new(Choice::new());

/// What was chosen, and what came of it.
#[derive(Default)]
struct Choice {
    /// The only types to record; `None` for all.
    only: Option<Vec<Pattern>>,
    /// The types to leave out of these.
    except: Vec<Pattern>,
    /// The types of which objects were left out, now or earlier.
    left_out: BTreeMap<(&'static str, PointerKind), Meta>,
    /// Whether the choice of the environment was taken over.
    is_begun: bool,
}

impl Choice {
    const fn new() -> Self {
        Self {
            only: None,
            except: Vec::new(),
            left_out: BTreeMap::new(),
            is_begun: false,
        }
    }

    /// Takes over what the environment chooses, the first time, and returns it.
    fn begin(&mut self) -> Option<EnvironmentChoice> {
        if std::mem::replace(&mut self.is_begun, true) {
            return None;
        }
        let mut environment = EnvironmentChoice::read();
        self.only = environment.only.take();
        self.except = std::mem::take(&mut environment.except);
        self.apply();
        Some(environment)
    }

    fn leaves_out(&self, type_name: &str) -> bool {
        let is_among = |patterns: &[Pattern]| patterns.iter().any(|one| one.matches(type_name));
        let is_chosen = self.only.as_deref().is_none_or(is_among);
        !is_chosen || is_among(&self.except)
    }

    /// Makes the choice valid for every object that is created from now on. The caller has
    /// [`CHOICE`] locked.
    fn apply(&self) {
        let is_made = self.only.is_some() || !self.except.is_empty();
        // Relaxed, as all accesses to the cache and to the flags: a word is used without reading
        // anything else because of it. Objects that other threads create at this moment may be of
        // either choice; whatever tells a thread about the new choice orders that.
        for word in &DECISIONS {
            word.store(0, Ordering::Relaxed);
        }
        if is_made {
            WAS_MADE.store(true, Ordering::Relaxed);
        }
        IS_MADE.store(is_made, Ordering::Relaxed);
    }
}

fn patterns<P: AsRef<str>>(
    texts: impl IntoIterator<Item = P>,
) -> Result<Vec<Pattern>, PatternError> {
    let texts = texts.into_iter();
    texts.map(|text| Pattern::new(text.as_ref())).collect()
}

/// Records only types that match.
pub(crate) fn choose_only<P: AsRef<str>>(
    texts: impl IntoIterator<Item = P>,
) -> Result<(), PatternError> {
    // Read before anything is locked, since the iterator is the caller's.
    let only = patterns(texts)?;
    choose(|choice| choice.only = Some(only));
    Ok(())
}

/// Leaves out types that match.
pub(crate) fn choose_except<P: AsRef<str>>(
    texts: impl IntoIterator<Item = P>,
) -> Result<(), PatternError> {
    let except = patterns(texts)?;
    choose(|choice| choice.except = except);
    Ok(())
}

/// Records all types.
pub(crate) fn choose_all() {
    choose(|choice| {
        choice.only = None;
        choice.except = Vec::new();
    });
}

fn choose(change: impl FnOnce(&mut Choice)) {
    let mut choice = CHOICE.lock();
    let environment = choice.begin();
    change(&mut choice);
    choice.apply();
    drop(choice);
    report(environment.as_ref());
}

/// Writes what is wrong with the environment, with nothing locked.
fn report(environment: Option<&EnvironmentChoice>) {
    if let Some(environment) = environment {
        environment.report();
    }
}

/// Whether types may ever have been left out.
pub(crate) fn was_made() -> bool {
    WAS_MADE.load(Ordering::Relaxed)
}

/// Lists the types of which objects were left out, sorted by name.
pub(crate) fn left_out() -> Vec<LeftOutType> {
    let choice = CHOICE.lock();
    let types = choice.left_out.values().map(|meta| LeftOutType {
        type_id: meta.type_id(),
        name: meta.type_name(),
        size: meta.size(),
        needs_drop: meta.needs_drop(),
    });
    types.collect()
}

/// Returns the constant of a type of which objects were left out.
pub(crate) fn meta_of(type_id: TypeId, pointer_kind: PointerKind) -> Option<Meta> {
    let choice = CHOICE.lock();
    let mut all = choice.left_out.values();
    all.find(|meta| meta.type_id() == type_id && meta.pointer_kind == pointer_kind)
        .copied()
}

/// Whether objects of a type that are created now are left out.
#[cfg_attr(debug_assertions, inline(never))]
#[cfg_attr(not(debug_assertions), inline)]
pub(crate) fn leaves_out(meta: Meta) -> bool {
    IS_MADE.load(Ordering::Relaxed) && decision(meta)
}

#[inline(always)]
fn addr(meta: Meta) -> usize {
    std::ptr::from_ref(meta).addr()
}

/// Returns the number of the first word that may have the decision for an address.
#[inline(always)]
fn first_word(address: usize) -> usize {
    // Fibonacci hashing: the upper bits of the product depend on all bits.
    address.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64 as usize) >> FIRST_WORD
}

/// Number of lower bits of the product that do not count.
const FIRST_WORD: u32 = usize::BITS - WORDS.ilog2();

/// Returns the words that may have the decision for an address.
fn words(address: usize) -> impl Iterator<Item = &'static AtomicUsize> {
    let first = first_word(address);
    (first..first + PROBES).map(|at| &DECISIONS[at % WORDS])
}

/// Returns the decision for a type, most often from the first word.
#[inline]
fn decision(meta: Meta) -> bool {
    let address = addr(meta);
    let found = DECISIONS[first_word(address)].load(Ordering::Relaxed);
    match found ^ address {
        0 => false,
        LEFT_OUT => true,
        _ => decision_beside(meta),
    }
}

/// Returns the decision for a type, most often from another word.
#[inline(never)]
fn decision_beside(meta: Meta) -> bool {
    let address = addr(meta);
    for word in words(address) {
        match word.load(Ordering::Relaxed) {
            0 => break,
            found if found & !LEFT_OUT == address => return found & LEFT_OUT != 0,
            _ => {}
        }
    }
    decide(meta)
}

#[cold]
#[inline(never)]
fn decide(meta: Meta) -> bool {
    let mut choice = CHOICE.lock();
    let environment = choice.begin();
    let is_left_out = choice.leaves_out(meta.type_name());
    if is_left_out {
        let key = (meta.type_name(), meta.pointer_kind);
        choice.left_out.entry(key).or_insert(meta);
    }
    let address = addr(meta);
    let is_free = |word: &&AtomicUsize| {
        let found = word.load(Ordering::Relaxed);
        found == 0 || found & !LEFT_OUT == address
    };
    // Where many types meet in the same words, the first of them makes room.
    if let Some(word) = words(address).find(is_free).or(words(address).next()) {
        let decision = if is_left_out { LEFT_OUT } else { 0 };
        word.store(address | decision, Ordering::Relaxed);
    }
    drop(choice);
    report(environment.as_ref());
    is_left_out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_has_words_in_the_cache() {
        let addresses: Vec<usize> = (1..=4 * WORDS).map(|number| number * 64).collect();
        for &address in &addresses {
            let found: Vec<_> = words(address).collect();
            assert_eq!(found.len(), PROBES);
            assert!(found.iter().all(|word| {
                DECISIONS
                    .as_ptr_range()
                    .contains(&std::ptr::from_ref(*word))
            }));
        }
    }
}
