use objgraph::{Visit, Visitor};

struct Client {
    host: String,
}

struct Service {
    client: Client,
}

impl Visit for Service {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.field("client", &self.client);
    }
}

fn main() {}
