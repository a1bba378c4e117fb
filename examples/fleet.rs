//! The snapshots of a thousand servers, or rather of one program that pretends to be ten hosts with two
//! versions for fifty hours: `cargo run --features save --example fleet -- FOLDER`.
//!
//! Version 1.5 leaks a cycle for each order that is cancelled. `docs/fleet.md` finds it by queries.

use std::cell::RefCell;
use std::error::Error;
use std::path::{Path, PathBuf};

use objgraph::Tracked;
use objgraph::rc::Rc;

#[derive(Tracked)]
struct Order {
    customer: Rc<Customer>,
}

#[derive(Tracked, Default)]
struct Customer {
    orders: RefCell<Vec<Rc<Order>>>,
    name: String,
}

/// Seconds between 1970 and the first hour.
const BEGIN: u64 = 1_767_225_600;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("the folder is missing")?);
    std::fs::create_dir_all(&folder)?;
    for host in 1..=10 {
        for version in ["1.4", "1.5"] {
            serve(&folder, &format!("web-{host:02}"), version, host)?;
        }
    }
    Ok(())
}

/// Runs a server of a host for fifty hours.
fn serve(folder: &Path, host: &str, version: &str, load: u64) -> Result<(), Box<dyn Error>> {
    // What the program can no longer reach. Only this example holds it weakly, to free it in the end.
    let mut cancelled = Vec::new();
    for hour in 0..50 {
        // In use: as many as the time of the day asks for.
        let open: Vec<_> = (0..load + hour % 24 / 6).map(|_| order()).collect();
        if version == "1.5" && hour % 2 == 0 {
            let order = order();
            order.customer.orders.borrow_mut().push(order.clone());
            cancelled.push(Rc::downgrade(&order));
        }
        objgraph::snapshot()
            .with_tag("host", host)
            .with_tag("program", "shop")
            .with_tag("time", (BEGIN + hour * 3600).to_string())
            .with_tag("version", version)
            .save(folder.join(format!("{host}-{version}-{hour:02}.objgraph")))?;
        drop(open);
    }
    for order in cancelled.iter().filter_map(|order| order.upgrade()) {
        order.customer.orders.take();
    }
    Ok(())
}

fn order() -> Rc<Order> {
    let name = "somebody".to_owned();
    let customer = Rc::new(Customer {
        name,
        ..Customer::default()
    });
    assert!(!customer.name.is_empty());
    Rc::new(Order { customer })
}
