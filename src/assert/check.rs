//! Whether a part of the process has leaked.

use std::sync::Arc;
use std::time::Duration;

use objgraph_core::{Holder, Node, NodeId, ObjectId, PlaceKind, Scope, State, snapshot};

use super::failure::Failure;
use super::known::{self, Known};
use super::part::Part;
use super::patience::{Patience, is_shared};
use super::surroundings::Surroundings;
use super::test_name::TestName;
use crate::analysis::{LeakKind, Leaks, UnprovenObjects, reach};

/// What a check comes to: a failure, or success, with the objects of which that is not proven.
pub(super) type Verdict = Result<Option<UnprovenObjects>, Failure>;

/// How long objects that may have leaked are given to go, where a test does not fail for them.
pub(super) const BRIEFLY: Duration = Duration::from_millis(50);

/// How long stragglers are waited for, if nothing else is said.
pub(super) const WAIT: Duration = Duration::from_secs(2);

/// A question for leaks, and what counts as one: what
/// [`assert_no_leaks!`](crate::assert_no_leaks!) asks.
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
/// let strict = LeakCheck::of(&scope).alive().wait(std::time::Duration::ZERO);
/// assert_eq!(strict.run().is_err(), objgraph::ENABLED);
/// # drop(kept);
/// ```
#[derive(Clone, Debug)]
pub struct LeakCheck {
    part: Part,
    alive: bool,
    strict: bool,
    allowed: Vec<String>,
    wait: Duration,
    retries: u32,
    /// Whose known leaks count.
    pub(super) test: Option<TestName>,
    /// The number of the assertion in the test, from 1; 0 for the check at its end.
    pub(super) assertion: u32,
    /// Whether the test is over, so that a known leak that did not occur is none any more.
    pub(super) is_end_of_test: bool,
    /// Whether a later check looks at the same objects, so that this one says nothing of what it
    /// cannot prove.
    pub(super) is_preliminary: bool,
}

impl LeakCheck {
    fn new(part: Part) -> Self {
        Self {
            part,
            alive: false,
            strict: false,
            allowed: Vec::new(),
            wait: WAIT,
            retries: 0,
            test: None,
            assertion: 0,
            is_end_of_test: false,
            is_preliminary: false,
        }
    }

    /// What was made in the scope that the calling thread is in; in none, all of the process.
    #[must_use]
    pub fn here() -> Self {
        Scope::current().map_or_else(Self::everywhere, |scope| Self::of(&scope))
    }

    /// What was made in this scope.
    #[must_use]
    pub fn of(scope: &Scope) -> Self {
        Self::new(Part::Scope(scope.clone()))
    }

    /// All of the process.
    #[must_use]
    pub fn everywhere() -> Self {
        Self::new(Part::Whole)
    }

    /// What was made in this scope, or in none since this epoch.
    pub(super) fn since(scope: &Scope, epoch: u32) -> Self {
        Self::new(Part::Since(scope.clone(), epoch))
    }

    /// All of the process but what was made in these scopes.
    pub(super) fn outside(scopes: Vec<Scope>) -> Self {
        Self::new(Part::Outside(scopes))
    }

    /// The name that this check has in the test: the number of the assertion, from 1.
    pub(super) fn of_assertion(mut self, test: TestName, number: u32) -> Self {
        self.test = Some(test);
        self.assertion = number;
        self
    }

    /// The scope that it is about, if it is about one.
    pub(super) fn scope(&self) -> Option<&Scope> {
        match &self.part {
            Part::Scope(scope) | Part::Since(scope, _) => Some(scope),
            Part::Whole | Part::Stray(_) | Part::Outside(_) => None,
        }
    }

    /// Objects that are alive, though no cycle keeps them so, count as well.
    #[must_use]
    pub fn alive(mut self) -> Self {
        self.alive = true;
        self
    }

    /// Objects that are alive and *may* have leaked count as well: those that could not be traced,
    /// and those that may be held by what could not be traced. `OBJGRAPH_STRICT=1` says so for all
    /// checks.
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

    /// Leaks with this fingerprint, or of a type of this name, do not count.
    #[must_use]
    pub fn allow(mut self, fingerprint_or_type: impl Into<String>) -> Self {
        self.allowed.push(fingerprint_or_type.into());
        self
    }

    /// How long stragglers are waited for, 2 seconds if not said: objects of a thread that is
    /// about to end, values that are locked or being dropped; and, where being
    /// [alive](LeakCheck::alive) counts, all objects. Nothing is waited for where there are none.
    #[must_use]
    pub fn wait(mut self, limit: Duration) -> Self {
        self.wait = limit;
        self
    }

    /// How many times to look again, after a pause, when something has leaked: for programs that
    /// break up cycles in the background. None if not said.
    #[must_use]
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// Looks, and waits for stragglers if there are any.
    ///
    /// It takes a [`snapshot`](crate::snapshot()) if any object of the part is alive.
    ///
    /// # Errors
    ///
    /// If something has leaked.
    pub fn run(&self) -> Result<(), Failure> {
        self.verdict().map(|_| ())
    }

    pub(super) fn verdict(&self) -> Verdict {
        let mut looks = Looks::new(self, false);
        loop {
            if let Some(verdict) = looks.look() {
                return verdict;
            }
        }
    }

    /// Whether a type of this name, or a leak of this kind, is allowed.
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

/// Whether the environment, or the package of the test, asks for strict checks.
pub(super) fn is_strict(test: &TestName) -> bool {
    Surroundings::now().strict || known::is_strict(test)
}

/// One look after the other, until there is a verdict.
pub(super) struct Looks<'c> {
    check: &'c LeakCheck,
    patience: Patience,
    /// For objects that may have leaked.
    brief: Patience,
    retries: u32,
    /// Whether other tasks of this thread run between the looks.
    others_run: bool,
}

impl<'c> Looks<'c> {
    pub(super) fn new(check: &'c LeakCheck, others_run: bool) -> Self {
        Self {
            check,
            others_run,
            patience: Patience::new(check.wait),
            brief: Patience::new(check.wait.min(BRIEFLY)),
            retries: check.retries,
        }
    }

    /// Looks; `None` if there is reason to look again, after a pause that was made.
    pub(super) fn look(&mut self) -> Option<Verdict> {
        let check = self.check;
        let Some(own) = check.part.leaks() else {
            return Some(self.verdict(None, None));
        };
        let again = match own.is_empty() {
            true => self.stragglers(&own),
            false => {
                let before = self.retries;
                self.retries = before.saturating_sub(1);
                before > 0
            }
        };
        if again && self.patience.pause() {
            return None;
        }
        let unproven = self.unproven(&own);
        let may_go = |node: Node<'_>| self.others_run || is_shared(node.holder());
        if unproven
            .as_ref()
            .is_some_and(|unproven| unproven.nodes().any(may_go))
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

    /// Whether there are objects of which more will be known soon.
    fn stragglers(&self, leaks: &Leaks) -> bool {
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
            let may_go = self.check.alive
                && node.holder() != Holder::Value
                && (self.others_run || is_shared(node.holder()))
                && !self.is_allowed(node);
            (unknown || may_go) && own(node)
        })
    }

    /// The objects of the part that are alive and may have leaked.
    fn unproven(&self, own: &Leaks) -> Option<UnprovenObjects> {
        if self.check.is_preliminary {
            return None;
        }
        UnprovenObjects::among(own, |node| {
            self.check.part.made(node) && !self.is_allowed(node)
        })
    }

    /// Whether what is not proven fails.
    fn is_strict(&self) -> bool {
        self.check.strict
            || match &self.check.test {
                Some(test) => is_strict(test),
                None => Surroundings::now().strict,
            }
    }

    fn is_allowed(&self, node: Node<'_>) -> bool {
        let allowed = self.check.allowed.iter();
        let mut allowed = allowed.filter(|name| node.type_info().matches(name));
        allowed.next().is_some()
    }

    fn verdict(&self, own: Option<Leaks>, unproven: Option<UnprovenObjects>) -> Verdict {
        let check = self.check;
        let Some(own) = own else {
            return Known::of(check, &[], None)?.stale().map(|()| None);
        };
        let all: Vec<&LeakKind> = own.kinds().all().iter().collect();
        // That the list cannot be used hides no leak.
        let (known, unusable) = match Known::of(check, &all, Some(&own)) {
            Ok(known) => (known, None),
            Err(failure) => (Known::default(), Some(failure)),
        };
        let kinds: Vec<&LeakKind> = own
            .kinds()
            .all()
            .iter()
            .filter(|kind| !check.allows(kind, &own))
            .collect();
        let unknown = kinds.iter().filter(|kind| !known.contains(kind));
        let cycles = unknown.flat_map(|kind| &kind.groups);
        let cycles: Vec<_> = cycles.filter_map(|group| group.cycle.first()).collect();
        if !cycles.is_empty() {
            let told = reach(own.snapshot(), cycles.into_iter().copied());
            let leaks = own.only(|node| told.contains(node), |_| true);
            let failure = Failure::leaked(&leaks, check.test.as_ref(), known.hints());
            return Err(match unusable {
                Some(unusable) => failure.and(unusable),
                None => failure,
            });
        }
        if let Some(unusable) = unusable {
            return Err(unusable);
        }
        if check.alive {
            let of_part = own.snapshot().nodes().filter(|&node| {
                own.nodes().binary_search(&node.node_id()).is_err()
                    && node.holder() != Holder::Value
                    && check.part.made(node)
                    && !self.is_allowed(node)
            });
            let alive: Vec<ObjectId> = of_part.map(|node| node.id()).collect();
            // Who holds it may be anywhere.
            let all = Arc::new(snapshot());
            let alive = alive.into_iter().filter_map(|id| all.find(id));
            let alive: Vec<NodeId> = alive.collect();
            if !alive.is_empty() {
                return Err(Failure::alive(&all, &alive, "at the end"));
            }
        }
        known.stale()?;
        match unproven {
            Some(unproven) if self.is_strict() => Err(Failure::unproven(&unproven)),
            unproven => Ok(unproven),
        }
    }
}
