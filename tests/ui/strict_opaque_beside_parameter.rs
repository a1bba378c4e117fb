use objgraph::Tracked;

struct Client;

#[derive(Tracked)]
#[tracked(strict)]
struct Service<T>(Vec<(T, Client)>);

fn main() {}
