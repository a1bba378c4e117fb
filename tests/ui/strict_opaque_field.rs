use objgraph::{Tracked, rc::Rc};

struct Client {
    host: String,
}

#[derive(Tracked)]
#[tracked(strict)]
struct Service {
    client: Client,
    peers: Vec<Rc<Service>>,
}

fn main() {}
