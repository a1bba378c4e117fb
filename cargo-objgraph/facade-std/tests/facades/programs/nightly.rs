// What needs the features of a nightly compiler with the facade, and is stable with std.

use std::cell::Cell;
use std::fmt::Debug;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::task::{Context, Wake, Waker};

trait Shape: Debug {
    fn area(&self) -> u32;
    fn shared(self: Rc<Self>) -> usize;
}

#[derive(Debug)]
struct Square(u32);

impl Shape for Square {
    fn area(&self) -> u32 {
        self.0 * self.0
    }
    fn shared(self: Rc<Self>) -> usize {
        Rc::strong_count(&self)
    }
}

impl Square {
    fn by_arc(self: Arc<Self>) -> u32 {
        self.0
    }
    fn by_ref(self: &Arc<Self>) -> usize {
        Arc::strong_count(self)
    }
}

#[derive(Default)]
struct Counting(AtomicUsize);

impl Wake for Counting {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

struct Yield(Cell<bool>);

impl Future for Yield {
    type Output = ();
    fn poll(self: std::pin::Pin<&mut Self>, context: &mut Context<'_>) -> std::task::Poll<()> {
        if self.0.replace(true) {
            return std::task::Poll::Ready(());
        }
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    }
}


fn main() {
    let shapes: Vec<Rc<dyn Shape>> = vec![Rc::new(Square(2)), Rc::new(Square(3))];
    println!("{:?} {}", shapes, shapes.iter().map(|shape| shape.area()).sum::<u32>());
    println!("{}", shapes[0].clone().shared());
    let square = Arc::new(Square(4));
    println!("{} {}", square.by_ref(), square.clone().by_arc());

    let counting = Arc::new(Counting::default());
    let waker = Waker::from(counting.clone());
    let other: Waker = counting.clone().into();
    println!("{} {}", waker.will_wake(&other), Arc::strong_count(&counting));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(Yield(Cell::new(false)));
    println!("{:?}", future.as_mut().poll(&mut context));
    println!("{:?}", future.as_mut().poll(&mut context));
    waker.wake_by_ref();
    waker.clone().wake();
    drop((waker, other));
    println!("{} {}", counting.0.load(Ordering::SeqCst), Arc::strong_count(&counting));
    let not_sync: Arc<Cell<u8>> = Arc::new(Cell::new(1));
    println!("{}", not_sync.get());
}
