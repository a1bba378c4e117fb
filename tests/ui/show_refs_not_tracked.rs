struct Client {
    host: String,
}

fn main() {
    let client = Client {
        host: String::new(),
    };
    let _ = objgraph::show_refs(&client, "client.svg");
}
