//! Scopes: the objects that a part of a program creates.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread::{self, JoinHandle};

use crate::object::{Object, objects};
use crate::table::{ScopeEntry, ScopeHandle};

/// A part of a run, such as a request, a job or a test, in which objects are created.
///
/// An object belongs to the scope that its thread is in when it is created, and to the scopes
/// around that one. A scope is inside the one that is current where [`Scope::new`] is called. A
/// thread is in the scope that it [entered](Scope::enter) last and has not left.
///
/// A thread that is started in a scope is not in it by itself, since std does not notify objgraph
/// of new threads: use [`Scope::spawn`], or enter the scope there with a clone of the handle. The
/// same is true of futures that are spawned: see [`Scope::in_future`].
///
/// Where tracking is off, a scope has no size and contains nothing.
///
/// ```
/// use objgraph_core::{ENABLED, Scope, rc::Rc};
///
/// let before = Rc::new(1);
/// let request = Scope::new("request");
/// let kept = {
///     let _entered = request.enter();
///     drop(Rc::new(2));
///     Rc::new(3)
/// };
/// let after = Rc::new(4);
/// assert_eq!(request.alive(), usize::from(ENABLED));
/// drop(kept);
/// assert_eq!(request.alive(), 0);
/// # drop((before, after));
/// ```
#[derive(Clone)]
pub struct Scope(ScopeHandle);

impl Scope {
    /// Makes a scope, inside the one that the calling thread is in, if any.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self(ScopeHandle::new(name.into()))
    }

    /// Returns the scope that the calling thread is in.
    ///
    /// ```
    /// use objgraph_core::Scope;
    ///
    /// let job = Scope::new("job");
    /// let entered = job.enter();
    /// # if objgraph_core::ENABLED {
    /// assert_eq!(Scope::current().unwrap().name(), "job");
    /// # }
    /// drop(entered);
    /// assert!(Scope::current().is_none());
    /// ```
    #[must_use]
    pub fn current() -> Option<Self> {
        ScopeHandle::current().map(Self)
    }

    /// Enters the scope on the calling thread, until the guard is dropped; then the thread is in
    /// the scope that it was in before.
    #[must_use = "the scope is left when this is dropped"]
    pub fn enter(&self) -> ScopeGuard<'_> {
        ScopeGuard {
            _guard: self.0.enter(),
            of: PhantomData,
        }
    }

    /// Enters the scope on the calling thread, as [`Scope::enter`] does, with a guard that owns the
    /// scope: for a guard that is kept in a value, such as a stack of guards.
    ///
    /// ```
    /// use objgraph_core::{ENABLED, EnteredScope, Scope, rc::Rc};
    ///
    /// let mut stack: Vec<EnteredScope> = vec![Scope::new("request").entered()];
    /// let made = Rc::new(1);
    /// let request = stack.pop().unwrap().exit();
    /// assert_eq!(request.alive(), usize::from(ENABLED));
    /// # drop(made);
    /// ```
    #[must_use = "the scope is left when this is dropped"]
    pub fn entered(self) -> EnteredScope {
        EnteredScope {
            _guard: self.0.enter(),
            scope: self,
            of: PhantomData,
        }
    }

    /// Returns the shared scope with this name inside of an outer scope, or inside of none: the same for
    /// each call. It is made if it does not exist.
    ///
    /// For parts of a run that repeat, such as the requests of a server: the number of scopes does not
    /// grow with them. A scope that no handle, no living object and no scope inside keeps is made anew.
    ///
    /// ```
    /// use objgraph_core::{ENABLED, Scope};
    ///
    /// let request = Scope::shared(None, "request");
    /// assert_eq!(Scope::shared(None, "request").number(), request.number());
    /// let query = Scope::shared(Some(&request), "query");
    /// assert_eq!(request.contains(query.number()), ENABLED);
    /// ```
    #[must_use]
    pub fn shared(outer: Option<&Self>, name: &str) -> Self {
        Self(ScopeHandle::shared(outer.map(Self::handle), name))
    }

    /// Whether it was returned by [`Scope::shared`]. False where tracking is off.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.0.is_shared()
    }

    /// Returns the scope that it is inside of; `None` if there is none, or tracking is off.
    #[must_use]
    pub fn outer(&self) -> Option<Self> {
        self.0.outer().map(Self)
    }

    /// Lists the scopes with this name that exist, in the order in which they were made: those that have
    /// a handle, an object that is alive, or such a scope inside. Others may exist for a while longer.
    /// O(scopes).
    ///
    /// ```
    /// use objgraph_core::{ENABLED, Scope};
    ///
    /// let [one, two] = [(); 2].map(|()| Scope::new("job 7"));
    /// let named = Scope::named("job 7");
    /// assert_eq!(named.len(), if ENABLED { 2 } else { 0 });
    /// # drop((one, two));
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Vec<Self> {
        ScopeHandle::named(name).into_iter().map(Self).collect()
    }

    /// Wraps a future so that it runs in the scope: the thread that polls it is in the scope
    /// meanwhile.
    ///
    /// Holding the guard of [`Scope::enter`] across an `await` would put everything else that the
    /// thread runs into the scope.
    #[must_use = "futures do nothing unless polled"]
    pub fn in_future<F: Future>(&self, future: F) -> InScope<F> {
        InScope {
            scope: self.clone(),
            future: Box::pin(future),
        }
    }

    /// Starts a thread that is in the scope while it runs `run`.
    ///
    /// # Panics
    ///
    /// If no thread can be started, as [`std::thread::spawn`].
    ///
    /// ```
    /// use objgraph_core::{ENABLED, Scope, sync::Arc};
    ///
    /// let job = Scope::new("job");
    /// let made = job.spawn(|| Arc::new(5)).join().unwrap();
    /// assert_eq!(job.alive(), usize::from(ENABLED));
    /// # drop(made);
    /// ```
    pub fn spawn<T: Send + 'static>(
        &self,
        run: impl FnOnce() -> T + Send + 'static,
    ) -> JoinHandle<T> {
        let scope = self.clone();
        thread::spawn(move || {
            let _entered = scope.enter();
            run()
        })
    }

    pub(crate) fn handle(&self) -> &ScopeHandle {
        &self.0
    }

    /// Returns its number, from 1, which no other scope ever has; 0 where tracking is off.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.0.number()
    }

    /// Returns its name; empty where tracking is off.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.name()
    }

    /// Whether the scope with this number is this one, or inside it.
    ///
    /// ```
    /// use objgraph_core::{ENABLED, Scope};
    ///
    /// let outer = Scope::new("outer");
    /// let inner = {
    ///     let _entered = outer.enter();
    ///     Scope::new("inner")
    /// };
    /// assert_eq!(outer.contains(inner.number()), ENABLED);
    /// assert!(!inner.contains(outer.number()));
    /// ```
    #[must_use]
    pub fn contains(&self, number: u32) -> bool {
        self.0.contains(number)
    }

    /// Lists the objects that were created in it and are alive, in the order of the table.
    /// O(objects).
    #[must_use]
    pub fn objects(&self) -> Vec<Object> {
        let mut last = (0, false);
        let mut all = objects();
        all.retain(|object| {
            if object.scope() != last.0 {
                last = (object.scope(), self.contains(object.scope()));
            }
            last.1
        });
        all
    }

    /// Returns the number of objects that were created in it and are alive. O(objects).
    #[must_use]
    pub fn alive(&self) -> usize {
        self.objects().len()
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scope({:?})", self.name())
    }
}

/// Keeps the calling thread in a scope until it is dropped. Returned by [`Scope::enter`].
#[derive(Debug)]
pub struct ScopeGuard<'s> {
    _guard: ScopeEntry,
    /// Makes the guard stay on its thread.
    of: PhantomData<(&'s Scope, *const ())>,
}

/// Keeps the calling thread in a scope that it owns, until it is dropped. Returned by
/// [`Scope::entered`].
#[derive(Debug)]
pub struct EnteredScope {
    _guard: ScopeEntry,
    scope: Scope,
    /// Makes the guard stay on its thread.
    of: PhantomData<*const ()>,
}

impl EnteredScope {
    /// Returns the scope.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Leaves the scope, and returns it.
    #[allow(
        clippy::must_use_candidate,
        reason = "often called only to leave the scope"
    )]
    pub fn exit(self) -> Scope {
        self.scope
    }
}

/// A future that runs in a scope. Made by [`Scope::in_future`].
///
/// ```
/// use objgraph_core::{ENABLED, Scope, sync::Arc};
/// use std::task::{Context, Poll, Waker};
///
/// let request = Scope::new("request");
/// let mut future = request.in_future(async { Arc::new(5) });
/// let mut context = Context::from_waker(Waker::noop());
/// let Poll::Ready(five) = Pin::new(&mut future).poll(&mut context) else {
///     panic!("it waits for nothing")
/// };
/// assert_eq!(request.alive(), usize::from(ENABLED));
/// # drop(five);
/// # use std::{future::Future, pin::Pin};
/// ```
pub struct InScope<F> {
    scope: Scope,
    future: Pin<Box<F>>,
}

impl<F: Future> Future for InScope<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        let _entered = this.scope.enter();
        this.future.as_mut().poll(context)
    }
}

impl<F> fmt::Debug for InScope<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InScope")
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}
