//! Spans of `tracing` as scopes.

use std::cell::RefCell;
use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use objgraph_core::platform::Instant;
use objgraph_core::{EnteredScope, Scope, advance_epoch};
use tracing::span::{Attributes, Id};
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// A layer of `tracing-subscriber` that makes spans scopes: what a thread creates in a span belongs to the
/// [`Scope`] of the span. [`alive_in`](crate::scope::alive_in) lists the objects by the name of the span.
/// Needs the feature `tracing`.
///
/// There is one scope for each *name* of a span inside of the span around it, and not one for each span, so
/// the number of scopes does not grow with the number of requests. A span inside of a span with the same
/// name, at any distance, has the scope of the span around it. A span without a parent is inside of the
/// scope that its thread is in when the span is made, such as that of a test.
///
/// Spans of the level `INFO` or above are scopes, unless [`SpanScopes::names`] or
/// [`SpanScopes::max_level`] is called. Objects in other spans belong to the scope of the span around
/// them.
///
/// For ages, an epoch begins with the first span of each minute: see
/// [`AliveIn::older_than`](crate::scope::AliveIn::older_than) and [`SpanScopes::epochs`].
///
/// Where tracking is off, the layer does nothing.
///
/// # Cost
///
/// To enter and exit a span takes 0.1 µs more than without the layer, in a release build, and 0.3 µs more
/// while two threads enter the same span. A thread that has entered the scope before takes no lock of
/// objgraph's.
///
/// ```
/// use objgraph::scope::{SpanScopes, alive_in};
/// use objgraph::sync::Arc;
/// use tracing_subscriber::layer::SubscriberExt as _;
///
/// let subscriber = tracing_subscriber::registry().with(SpanScopes::new());
/// let kept = tracing::subscriber::with_default(subscriber, || {
///     tracing::info_span!("request", number = 7).in_scope(|| Arc::new("a reply"))
/// });
/// # if objgraph::ENABLED {
/// let objects = alive_in("request").objects();
/// assert_eq!(objects[0].id(), objgraph::id(&kept));
/// # }
/// ```
#[derive(Debug)]
pub struct SpanScopes {
    wanted: Wanted,
    epochs: Epochs,
}

#[derive(Debug)]
enum Wanted {
    Levels(Level),
    Names(Vec<String>),
}

/// Begins epochs, from time to time.
#[derive(Debug)]
struct Epochs {
    length: Duration,
    begun: OnceLock<Instant>,
    /// When the next epoch begins, in milliseconds since the first.
    next: AtomicU64,
}

/// The scope of a span, in its extensions.
struct SpanScope(Scope);

thread_local! {
    /// The spans that the thread has entered as scopes.
    static ENTERED: RefCell<Vec<(u64, EnteredScope)>> = const { RefCell::new(Vec::new()) };
}

impl SpanScopes {
    /// Creates the layer, for spans of the level `INFO` or above.
    #[must_use]
    pub fn new() -> Self {
        Self {
            wanted: Wanted::Levels(Level::INFO),
            epochs: Epochs {
                length: Duration::from_secs(60),
                begun: OnceLock::new(),
                next: AtomicU64::new(0),
            },
        }
    }

    /// Makes the spans of this level and above scopes.
    ///
    /// ```
    /// use objgraph::scope::SpanScopes;
    ///
    /// let layer = SpanScopes::new().max_level(tracing::Level::DEBUG);
    /// # drop(layer);
    /// ```
    #[must_use]
    pub fn max_level(mut self, level: Level) -> Self {
        self.wanted = Wanted::Levels(level);
        self
    }

    /// Makes the spans with these names scopes, of whatever level.
    ///
    /// ```
    /// use objgraph::scope::SpanScopes;
    ///
    /// let layer = SpanScopes::new().names(["request", "job"]);
    /// # drop(layer);
    /// ```
    #[must_use]
    pub fn names(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.wanted = Wanted::Names(names.into_iter().map(Into::into).collect());
        self
    }

    /// Sets after what time the next span begins an epoch, which is how exact ages are. A minute by
    /// default, at least a millisecond.
    #[must_use]
    pub fn epochs(mut self, length: Duration) -> Self {
        self.epochs.length = length.max(Duration::from_millis(1));
        self
    }

    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        match &self.wanted {
            Wanted::Levels(level) => metadata.level() <= level,
            Wanted::Names(names) => names.iter().any(|name| name == metadata.name()),
        }
    }
}

impl Default for SpanScopes {
    fn default() -> Self {
        Self::new()
    }
}

impl Epochs {
    fn begin_if_due(&self) {
        let now = self.begun.get_or_init(Instant::now).elapsed();
        let due = self.next.load(Ordering::Relaxed);
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        if millis(now) < due {
            return;
        }
        let next = millis(now.saturating_add(self.length));
        // Relaxed, here and above: the number decides which thread begins the epoch, and nothing else is
        // read because of it.
        let is_first = self
            .next
            .compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed);
        if is_first.is_ok() {
            advance_epoch();
        }
    }
}

impl<S> Layer<S> for SpanScopes
where
    S: Subscriber + for<'l> LookupSpan<'l>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if !crate::ENABLED {
            return;
        }
        self.epochs.begin_if_due();
        if !self.wants(attributes.metadata()) {
            return;
        }
        let Some(span) = context.span(id) else {
            return;
        };
        let around = span.scope().skip(1).find_map(|outer| {
            let extensions = outer.extensions();
            extensions.get::<SpanScope>().map(|scope| scope.0.clone())
        });
        let outer = around.or_else(|| outside_of_spans(attributes.is_root()));
        let scope = match outer {
            Some(outer) if has_name(&outer, span.name()) => outer,
            outer => Scope::shared(outer.as_ref(), span.name()),
        };
        span.extensions_mut().insert(SpanScope(scope));
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        if !crate::ENABLED {
            return;
        }
        let Some(span) = context.span(id) else {
            return;
        };
        let extensions = span.extensions();
        if let Some(SpanScope(scope)) = extensions.get::<SpanScope>() {
            let entered = (id.into_u64(), scope.clone().entered());
            // In a thread that is about to end, the scope is left at once.
            let _ = ENTERED.try_with(|all| all.borrow_mut().push(entered));
        }
    }

    fn on_exit(&self, id: &Id, _: Context<'_, S>) {
        if !crate::ENABLED {
            return;
        }
        let left = ENTERED.try_with(|all| {
            let mut all = all.borrow_mut();
            let last = all.iter().rposition(|entered| entered.0 == id.into_u64());
            last.map(|at| all.remove(at))
        });
        drop(left);
    }
}

/// Returns the scope that the thread is in; for a span that wants no parent, the one outside of all spans.
fn outside_of_spans(is_root: bool) -> Option<Scope> {
    let mut scope = Scope::current()?;
    while is_root && scope.is_shared() {
        scope = scope.outer()?;
    }
    Some(scope)
}

/// Returns whether a scope, or one that spans made around it, has this name.
fn has_name(scope: &Scope, name: &str) -> bool {
    let all = std::iter::successors(Some(scope.clone()), Scope::outer);
    all.take_while(Scope::is_shared)
        .any(|scope| scope.name() == name)
}

impl fmt::Debug for SpanScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
