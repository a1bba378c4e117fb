//! Scopes: what was made while a part of a program ran.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread::{self, JoinHandle};

use crate::object::{Object, objects};
use crate::table::{ScopeEntry, ScopeHandle};

/// A part of a run, such as a request, a job or a test, that objects are made in.
///
/// An object belongs to the scope that its thread is in when it is made, and to the scopes that
/// this one is inside of: a scope is inside the one that is current where [`Scope::new`] is
/// called. A thread is in the scope that it [entered](Scope::enter) last and did not leave.
///
/// Threads that are started in a scope are not in it by themselves, since std tells nobody of a
/// new thread: use [`Scope::spawn`], or enter it there with a clone of the handle. The same holds
/// for futures that are spawned: see [`Scope::in_future`].
///
/// Where tracking is off, a scope has no size, and nothing is in it.
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
    /// A new scope, inside the one that the calling thread is in, if any.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self(ScopeHandle::new(name.into()))
    }

    /// The scope that the calling thread is in.
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

    /// Enters the scope on the calling thread, until the answer is dropped; then the thread is in
    /// what it was in before.
    #[must_use = "the scope is left when this is dropped"]
    pub fn enter(&self) -> ScopeGuard<'_> {
        ScopeGuard {
            _guard: self.0.enter(),
            of: PhantomData,
        }
    }

    /// The future, run in the scope: whichever thread polls it is in the scope meanwhile.
    ///
    /// To hold what [`Scope::enter`] gives across an `await` would put into the scope whatever
    /// else the thread runs.
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

    /// Its number, from 1, which no other scope has or will have; 0 where tracking is off.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.0.number()
    }

    /// Its name; empty where tracking is off.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.name()
    }

    /// Whether what was made in the scope with this number belongs to this scope: it is the same,
    /// or inside.
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

    /// The objects that were made in it and are alive, in the order of the table. O(objects).
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

    /// How many objects that were made in it are alive. O(objects).
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

/// The calling thread is in a scope, until this is dropped. Given by [`Scope::enter`].
#[derive(Debug)]
pub struct ScopeGuard<'s> {
    _guard: ScopeEntry,
    /// It belongs to the thread.
    of: PhantomData<(&'s Scope, *const ())>,
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
