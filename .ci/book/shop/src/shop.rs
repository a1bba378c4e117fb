//! A shop that leaks each order but the first.

use std::cell::RefCell;

use objgraph::rc::Rc;
use objgraph::Tracked;

#[derive(Tracked, Default)]
pub struct Shop {
    pub orders: RefCell<Vec<Rc<Order>>>,
}

#[derive(Tracked)]
pub struct Order {
    pub customer: Rc<Customer>,
}

#[derive(Tracked, Default)]
pub struct Customer {
    pub orders: RefCell<Vec<Rc<Order>>>,
}

impl Shop {
    pub fn order(&self) {
        let customer = Rc::new(Customer::default());
        let order = Rc::new(Order { customer });
        let orders = self.orders.borrow().len();
        if orders > 0 {
            order.customer.orders.borrow_mut().push(order.clone());
        }
        self.orders.borrow_mut().push(order);
    }

    pub fn close(&self) {
        self.orders.borrow_mut().truncate(1);
    }
}
