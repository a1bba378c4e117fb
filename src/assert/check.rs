//! The check for leaks in a part of the process.

use std::sync::Arc;
use std::time::Duration;

use objgraph_core::{
    Node, NodeId, ObjectId, PlaceKind, PointerKind, Scope, State, TypeInfo, snapshot, tracking,
};

use super::failure::Failure;
use super::known::{self, CheckName, KnownLeaks};
use super::part::Part;
use super::patience::{Patience, is_shared};
use super::surroundings::Surroundings;
use super::test_name::TestName;
use crate::analysis::{LeakKind, Leaks, UnprovenObjects, reach};

/// The result of a check: a failure, or success with the objects that are not proven not to leak.
pub(super) type Verdict = Result<Option<UnprovenObjects>, Failure>;

/// Maximum wait for objects that may have leaked, in tests that do not fail for them.
pub(super) const BRIEFLY: Duration = Duration::from_millis(50);

/// Default for the maximum wait for stragglers.
pub(super) const WAIT: Duration = Duration::from_secs(2);

/// A check for leaks with options, as [`assert_no_leaks!`](crate::assert_no_leaks!) runs it.
///
/// ```
/// use objgraph::{leaks::LeakCheck, scope::Scope};
///
/// let scope = Scope::new("import");
/// let entered = scope.enter();
/// let kept = objgraph::rc::Rc::new(1);
/// drop(entered);
///
/// assert!(LeakCheck::of(&scope).run().is_ok());
/// let strict = LeakCheck::of(&scope).deny_survivors().wait(std::time::Duration::ZERO);
/// assert_eq!(strict.run().is_err(), objgraph::ENABLED);
/// # drop(kept);
/// ```
#[derive(Clone, Debug)]
pub struct LeakCheck {
    part: Part,
    denies_survivors: bool,
    strict: bool,
    allows_likely: bool,
    allowed: Vec<String>,
    wait: Duration,
    retries: u32,
    /// The test whose known leaks do not fail the check.
    pub(super) test: Option<TestName>,
    /// The number of the assertion in the test, from 1; 0 for the check at its end.
    pub(super) assertion: u32,
    /// Whether the test is over, so that a known leak that did not occur is stale.
    pub(super) is_end_of_test: bool,
    /// Whether a later check covers the same objects, so that this one does not report what it
    /// cannot prove.
    pub(super) is_preliminary: bool,
}

impl LeakCheck {
    fn new(part: Part) -> Self {
        Self {
            part,
            denies_survivors: false,
            strict: false,
            allows_likely: false,
            allowed: Vec::new(),
            wait: WAIT,
            retries: 0,
            test: None,
            assertion: 0,
            is_end_of_test: false,
            is_preliminary: false,
        }
    }

    /// Checks what was made in the scope that the calling thread is in or, without a scope, the whole
    /// process.
    #[must_use]
    pub fn here() -> Self {
        Scope::current().map_or_else(Self::everywhere, |scope| Self::of(&scope))
    }

    /// Checks what was made in this scope.
    #[must_use]
    pub fn of(scope: &Scope) -> Self {
        Self::new(Part::Scope(scope.clone()))
    }

    /// Checks the whole process.
    #[must_use]
    pub fn everywhere() -> Self {
        Self::new(Part::Whole)
    }

    /// Checks what was made in this scope, or outside of every scope since this epoch.
    pub(super) fn since(scope: &Scope, epoch: u32) -> Self {
        Self::new(Part::Since(scope.clone(), epoch))
    }

    /// Checks the whole process without what was made in these scopes.
    pub(super) fn outside(scopes: Vec<Scope>) -> Self {
        Self::new(Part::Outside(scopes))
    }

    /// Names the check after the test and the number of the assertion in it, from 1.
    pub(super) fn of_assertion(mut self, test: TestName, number: u32) -> Self {
        self.test = Some(test);
        self.assertion = number;
        self
    }

    /// Returns the scope that it checks, if it checks one.
    pub(super) fn scope(&self) -> Option<&Scope> {
        match &self.part {
            Part::Scope(scope) | Part::Since(scope, _) => Some(scope),
            Part::Whole | Part::Stray(_) | Part::Outside(_) => None,
        }
    }

    /// Fails for every object that is still alive, also if no cycle keeps it alive.
    #[must_use]
    pub fn deny_survivors(mut self) -> Self {
        self.denies_survivors = true;
        self
    }

    /// Fails for objects that are alive and *may* have leaked: those that could not be traced, and
    /// those that an untraced object may hold. `OBJGRAPH_STRICT=1` does the same for all checks.
    ///
    /// ```
    /// use objgraph::{rc::Rc, leaks::LeakCheck, scope::Scope};
    ///
    /// struct Foreign(String); // It has no derive.
    ///
    /// let scope = Scope::new("import");
    /// let entered = scope.enter();
    /// let kept = Rc::new(Foreign("x".to_owned()));
    /// drop(entered);
    /// let check = LeakCheck::of(&scope).wait(std::time::Duration::ZERO);
    /// assert!(check.run().is_ok());
    /// assert_eq!(check.strict().run().is_err(), objgraph::ENABLED);
    /// # drop(kept);
    /// ```
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Counts likely leaks as possible ones. By default the check fails for objects that have leaked if
    /// the words found in closures, futures and other opaque values are the references they look like;
    /// only the feature `scan` finds such objects.
    #[must_use]
    pub fn allow_likely(mut self) -> Self {
        self.allows_likely = true;
        self
    }

    /// Ignores leaks with this fingerprint, or of a type of this name.
    #[must_use]
    pub fn allow(mut self, fingerprint_or_type: impl Into<String>) -> Self {
        self.allowed.push(fingerprint_or_type.into());
        self
    }

    /// Sets the maximum wait for stragglers; 2 seconds by default. Stragglers are objects of a thread
    /// that is about to end and values that are locked or being dropped; if survivors are
    /// [denied](LeakCheck::deny_survivors), also all objects that another thread may drop. Without
    /// stragglers the check does not wait.
    #[must_use]
    pub fn wait(mut self, limit: Duration) -> Self {
        self.wait = limit;
        self
    }

    /// Sets how many times to check again, after a pause, if something has leaked; 0 by default. Use
    /// it for programs that break cycles in the background.
    #[must_use]
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// Checks, and waits for stragglers if there are any.
    ///
    /// Takes a [`snapshot`](crate::snapshot()) if any object that it checks is alive.
    ///
    /// # Errors
    ///
    /// If something has leaked.
    pub fn run(&self) -> Result<(), Failure> {
        if !crate::HAS_OBJECTS {
            crate::nothing::<()>();
            return Ok(());
        }
        self.verdict().map(|_| ())
    }

    pub(super) fn verdict(&self) -> Verdict {
        if !crate::HAS_OBJECTS {
            return Ok(crate::nothing());
        }
        let mut attempts = Attempts::new(self, false);
        loop {
            if let Some(verdict) = attempts.next() {
                return verdict;
            }
        }
    }

    /// Returns the name of the check in the list of known leaks, if it belongs to a test.
    fn name(&self) -> Option<CheckName<'_>> {
        Some(CheckName {
            test: self.test.as_ref()?,
            assertion: self.assertion,
            is_end_of_test: self.is_end_of_test,
        })
    }

    /// Returns whether the leak, or a type in its cycles, is allowed.
    fn allows(&self, kind: &LeakKind, leaks: &Leaks) -> bool {
        let fingerprint = kind.fingerprint.to_string();
        let cycles = kind.groups.iter().flat_map(|group| &group.cycle);
        let mut types: Vec<usize> = cycles
            .map(|&node| leaks.snapshot().node(node).type_index())
            .collect();
        types.sort_unstable();
        types.dedup();
        let types = types.into_iter().map(|at| &leaks.snapshot().types()[at]);
        self.allowed.iter().any(|allowed| {
            *allowed == fingerprint || types.clone().any(|info| info.matches(allowed))
        })
    }
}

/// Returns whether the environment, or the package of the test, asks for strict checks.
pub(super) fn is_strict(test: &TestName) -> bool {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    Surroundings::now().strict || known::is_strict(test)
}

/// Attempts at a check, until there is a verdict.
pub(super) struct Attempts<'c> {
    check: &'c LeakCheck,
    patience: Patience,
    /// For objects that may have leaked.
    brief: Patience,
    retries: u32,
    /// Whether other tasks of this thread run between the attempts.
    others_run: bool,
}

impl<'c> Attempts<'c> {
    pub(super) fn new(check: &'c LeakCheck, others_run: bool) -> Self {
        Self {
            check,
            others_run,
            patience: Patience::new(check.wait),
            brief: Patience::new(check.wait.min(BRIEFLY)),
            retries: check.retries,
        }
    }

    /// Checks once. If there is reason to check again, pauses and returns `None`.
    pub(super) fn next(&mut self) -> Option<Verdict> {
        if !crate::HAS_OBJECTS {
            return Some(Ok(crate::nothing()));
        }
        let check = self.check;
        let Some(own) = check.part.leaks() else {
            return Some(self.verdict(None, self.left_out()));
        };
        let own = match check.allows_likely {
            true => own.without_likely(),
            false => own,
        };
        let has_leaked = !own.is_empty() || own.likely_leaked().len() > 0;
        let has_stragglers = own.is_empty() && self.has_stragglers(&own);
        let again = has_stragglers || (has_leaked && self.retries > 0);
        if !has_stragglers && again {
            self.retries -= 1;
        }
        if again && self.patience.pause() {
            return None;
        }
        // Another thread, or task, may be about to drop a closure or future.
        let mut likely = own.likely_leaked();
        let may_go = likely.any(|object| self.may_go(object.node()));
        if own.is_empty() && may_go && self.brief.pause() {
            return None;
        }
        let unproven = self.unproven(&own);
        if unproven
            .as_ref()
            .is_some_and(|unproven| unproven.nodes().any(|node| self.may_go(node)))
        {
            let patience = match self.is_strict() {
                true => &mut self.patience,
                false => &mut self.brief,
            };
            if patience.pause() {
                return None;
            }
        }
        Some(self.verdict(Some(own), unproven))
    }

    /// Returns whether another thread or task may drop the object.
    fn may_go(&self, node: Node<'_>) -> bool {
        self.others_run || is_shared(node.pointer_kind())
    }

    /// Returns whether there are objects whose fate is not settled yet.
    fn has_stragglers(&self, leaks: &Leaks) -> bool {
        let snapshot = leaks.snapshot();
        let own = |node: Node<'_>| self.check.part.made(node);
        let busy = snapshot
            .places()
            .iter()
            .any(|place| place.kind == PlaceKind::Busy && own(snapshot.node(place.node)));
        busy || snapshot.nodes().any(|node| {
            let unknown = matches!(
                node.state(),
                State::OtherThread | State::Lent | State::InFlight
            );
            let may_go = self.check.denies_survivors
                && node.pointer_kind() != PointerKind::Value
                && self.may_go(node)
                && !self.is_allowed(node);
            (unknown || may_go) && own(node)
        })
    }

    /// Returns the objects of the part that are alive and may have leaked.
    fn unproven(&self, own: &Leaks) -> Option<UnprovenObjects> {
        if self.check.is_preliminary {
            return None;
        }
        let unproven = UnprovenObjects::among(own, |node| {
            self.check.part.made(node) && !self.is_allowed(node)
        });
        UnprovenObjects::with_left_out(unproven, own.snapshot(), |info| !self.allows(info))
    }

    /// Returns the types of which objects were left out by choice, where no object is alive that was
    /// not.
    fn left_out(&self) -> Option<UnprovenObjects> {
        if self.check.is_preliminary || tracking::left_out().is_empty() {
            return None;
        }
        let snapshot = Arc::new(snapshot());
        UnprovenObjects::with_left_out(None, &snapshot, |info| !self.allows(info))
    }

    /// Returns whether the check fails for what it cannot prove.
    fn is_strict(&self) -> bool {
        self.check.strict
            || match &self.check.test {
                Some(test) => is_strict(test),
                None => Surroundings::now().strict,
            }
    }

    fn is_allowed(&self, node: Node<'_>) -> bool {
        self.allows(node.type_info())
    }

    fn allows(&self, info: &TypeInfo) -> bool {
        let mut allowed = self.check.allowed.iter();
        allowed.any(|name| info.matches(name))
    }

    fn verdict(&self, own: Option<Leaks>, unproven: Option<UnprovenObjects>) -> Verdict {
        let check = self.check;
        let Some(own) = own else {
            KnownLeaks::of(check.name(), &[], None)?.fail_if_stale()?;
            return self.proven(unproven);
        };
        let kinds = own.kinds().all().iter();
        let all: Vec<&LeakKind> = kinds.chain(own.likely_kinds().all()).collect();
        // An unusable list must not hide a leak.
        let (known, unusable) = match KnownLeaks::of(check.name(), &all, Some(&own)) {
            Ok(known) => (known, None),
            Err(failure) => (KnownLeaks::default(), Some(failure)),
        };
        let cycles: Vec<NodeId> = all
            .iter()
            .filter(|kind| !check.allows(kind, &own) && !known.contains(kind))
            .flat_map(|kind| &kind.groups)
            .filter_map(|group| group.cycle.first().copied())
            .collect();
        if !cycles.is_empty() {
            let reported = reach(own.as_if(), cycles);
            let is_reported = |node| reported.contains(node);
            let leaks = own.only(is_reported, is_reported, |_| true);
            let failure = Failure::leaked(leaks, check.test.as_ref(), known.hints());
            return Err(match unusable {
                Some(unusable) => failure.and(unusable),
                None => failure,
            });
        }
        if let Some(unusable) = unusable {
            return Err(unusable);
        }
        if check.denies_survivors {
            let of_part = own.snapshot().nodes().filter(|&node| {
                own.nodes().binary_search(&node.node_id()).is_err()
                    && node.pointer_kind() != PointerKind::Value
                    && check.part.made(node)
                    && !self.is_allowed(node)
            });
            let alive: Vec<ObjectId> = of_part.map(|node| node.id()).collect();
            // Their owners may be outside of the part.
            let all = Arc::new(snapshot());
            let alive: Vec<NodeId> = alive.into_iter().filter_map(|id| all.find(id)).collect();
            if !alive.is_empty() {
                return Err(Failure::alive(&all, &alive, "at the end"));
            }
        }
        known.fail_if_stale()?;
        self.proven(unproven)
    }

    /// Returns the verdict where nothing leaked for certain.
    fn proven(&self, unproven: Option<UnprovenObjects>) -> Verdict {
        match unproven {
            Some(unproven) if self.is_strict() => Err(Failure::unproven(&unproven)),
            unproven => Ok(unproven),
        }
    }
}
