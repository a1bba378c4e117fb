//! An app of crux, whose core asks its shell for the time. The shell never answers: the user has closed
//! the app.

use crux_core::capability::{CapabilityContext, Operation};
use crux_core::macros::{Capability, Effect};
use crux_core::{App, Core};
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Now;

impl Operation for Now {
    type Output = u64;
}

#[derive(Capability)]
pub struct Clock<Ev> {
    context: CapabilityContext<Now, Ev>,
}

impl<Ev: 'static> Clock<Ev> {
    pub fn new(context: CapabilityContext<Now, Ev>) -> Self {
        Self { context }
    }

    fn now(&self, event: impl FnOnce(u64) -> Ev + Send + 'static) {
        let context = self.context.clone();
        self.context.spawn(async move {
            let seconds = context.request_from_shell(Now).await;
            context.update_app(event(seconds));
        });
    }
}

#[derive(Effect)]
pub struct Capabilities {
    clock: Clock<Event>,
}

pub enum Event {
    Opened,
    Time(u64),
}

#[derive(Default)]
pub struct Watch;

impl App for Watch {
    type Event = Event;
    type Model = u64;
    type ViewModel = u64;
    type Capabilities = Capabilities;

    fn update(&self, event: Event, model: &mut u64, capabilities: &Capabilities) {
        match event {
            Event::Opened => capabilities.clock.now(Event::Time),
            Event::Time(seconds) => *model = seconds,
        }
    }

    fn view(&self, model: &u64) -> u64 {
        *model
    }
}

fn main() {
    for app in 1..=3 {
        let core = Core::<Effect, Watch>::new();
        let effects = core.process_event(Event::Opened);
        println!("app {app}: {} request to the shell", effects.len());
    }
}
