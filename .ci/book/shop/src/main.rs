//! `shop ORDERS FILE` takes orders, and saves a snapshot.

mod shop;

use std::error::Error;

use objgraph::rc::Rc;

fn main() -> Result<(), Box<dyn Error>> {
    let shop = Rc::new(shop::Shop::default());
    let mut args = std::env::args().skip(1);
    let orders = args.next().unwrap_or_else(|| "3".to_owned()).parse()?;
    for _ in 0..orders {
        shop.order();
    }
    shop.close();
    if let Some(file) = args.next() {
        objgraph::snapshot().save(file)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::shop::Shop;

    #[objgraph::test]
    fn an_order_is_kept() {
        let shop = Shop::default();
        shop.order();
        assert_eq!(shop.orders.borrow().len(), 1);
    }

    #[objgraph::test]
    fn orders_end() {
        let shop = Shop::default();
        shop.order();
        shop.order();
        shop.close();
        assert_eq!(shop.orders.borrow().len(), 1);
    }
}
