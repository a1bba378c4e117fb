//! Threads and tasks that stay in the scope that starts them.

use std::thread::{self, JoinHandle};

use objgraph_core::Scope;

/// Wraps a future so that it runs in the scope that the calling thread is in now, if it is in one.
/// A spawned task needs this to belong to the test, or the request, that spawns it.
///
/// ```
/// use objgraph::{sync::Arc, scope::{Scope, in_current_scope}};
/// # use std::{future::Future, pin::pin, task::{Context, Poll, Waker}};
///
/// let request = Scope::new("request");
/// let entered = request.enter();
/// let task = in_current_scope(async { Arc::new(5) }); // tokio::spawn(…)
/// drop(entered);
/// # let mut task = pin!(task);
/// # let Poll::Ready(five) = task.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
/// #     panic!("it waits for nothing")
/// # };
/// assert_eq!(request.alive(), usize::from(objgraph::ENABLED));
/// # drop(five);
/// ```
pub fn in_current_scope<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let scope = Scope::current();
    async move {
        match scope {
            Some(scope) => scope.in_future(future).await,
            None => future.await,
        }
    }
}

/// Starts a thread in the scope that the calling thread is in now, if it is in one.
///
/// # Panics
///
/// If no thread can be started, as [`std::thread::spawn`].
///
/// ```
/// let request = objgraph::scope::Scope::new("request");
/// let entered = request.enter();
/// let five = objgraph::scope::spawn_in_current_scope(|| objgraph::sync::Arc::new(5));
/// let five = five.join().unwrap();
/// assert_eq!(request.alive(), usize::from(objgraph::ENABLED));
/// # drop((five, entered));
/// ```
pub fn spawn_in_current_scope<T: Send + 'static>(
    run: impl FnOnce() -> T + Send + 'static,
) -> JoinHandle<T> {
    match Scope::current() {
        Some(scope) => scope.spawn(run),
        None => thread::spawn(run),
    }
}
