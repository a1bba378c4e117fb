//! Simulated services, which create and drop objects over thousands of intervals.

use std::collections::{HashMap, VecDeque};

use super::ages::WINDOW;

/// Random numbers (George Marsaglia, "Xorshift RNGs", 2003).
pub(super) struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Returns a number of at least 0 and less than 1.
    pub fn unit(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn exponential(&mut self, mean: f64) -> f64 {
        -(1.0 - self.unit()).ln() * mean
    }

    /// Returns a number of the distribution of Poisson.
    pub fn poisson(&mut self, mean: f64) -> u64 {
        let mut number = 0;
        let mut time = self.exponential(1.0);
        while time < mean {
            number += 1;
            time += self.exponential(1.0);
        }
        number
    }

    pub fn below(&mut self, end: u64) -> u64 {
        (self.unit() * end as f64) as u64
    }
}

/// How a service uses objects of one type. Times are in intervals.
#[derive(Clone, Copy, Debug)]
pub(super) enum Load {
    /// Sessions that come at random and last a random time, `begun` of them at the start.
    Sessions { rate: f64, lasting: f64, begun: u64 },
    /// As `Sessions`, with a rate that rises and falls between a tenth and the whole of `rate`.
    Wave {
        rate: f64,
        lasting: f64,
        period: f64,
    },
    /// A cache of this many entries, of which the least recently used is dropped; keys are equally
    /// likely, or the smaller the likelier.
    Cache {
        entries: u64,
        keys: u64,
        lookups: f64,
        is_skewed: bool,
    },
    /// A pool that grows when it is used, and shrinks by a part of what is idle.
    Pool { used: f64, swing: f64, period: f64 },
    /// Objects that are never dropped.
    Leak { rate: f64 },
    /// The same number each time.
    EvenLeak { number: u64 },
}

/// The objects of one type.
pub(super) struct Population {
    load: Load,
    random: Random,
    now: u64,
    /// The time of birth, and that of death, of each object.
    objects: VecDeque<(f64, f64)>,
    /// When each key was used, and the time of birth of its entry.
    entries: HashMap<u64, (u64, f64)>,
    uses: u64,
}

impl Population {
    pub fn new(load: Load, seed: u64) -> Self {
        let mut population = Self {
            load,
            random: Random::new(seed),
            now: 0,
            objects: VecDeque::new(),
            entries: HashMap::new(),
            uses: 0,
        };
        if let Load::Sessions { lasting, begun, .. } = load {
            for _ in 0..begun {
                let until = population.random.exponential(lasting);
                population.objects.push_back((-1.0, until));
            }
        }
        population
    }

    /// Lets an interval pass.
    pub fn pass(&mut self) {
        let now = self.now as f64;
        self.now += 1;
        let phase = |period: f64| 0.5 - 0.5 * (now / period * std::f64::consts::TAU).cos();
        match self.load {
            Load::Sessions { rate, lasting, .. } => self.begin(rate, lasting),
            Load::Wave {
                rate,
                lasting,
                period,
            } => {
                self.begin(rate * (0.1 + 0.9 * phase(period)), lasting);
            }
            Load::Leak { rate } => self.begin(rate, f64::INFINITY),
            Load::EvenLeak { number } => {
                self.objects
                    .extend((0..number).map(|_| (now, f64::INFINITY)));
            }
            Load::Pool {
                used,
                swing,
                period,
            } => {
                let mean = used + swing * phase(period);
                let wanted = self.random.poisson(mean) as usize;
                while self.objects.len() < wanted {
                    self.objects.push_back((now, f64::INFINITY));
                }
                let idle = self.objects.len() - wanted;
                // The oldest first.
                self.objects.drain(..idle / 10);
            }
            Load::Cache {
                entries,
                keys,
                lookups,
                is_skewed,
            } => {
                for _ in 0..self.random.poisson(lookups) {
                    let unit = self.random.unit();
                    let key = match is_skewed {
                        true => ((keys as f64).powf(unit)) as u64,
                        false => (unit * keys as f64) as u64,
                    };
                    self.uses += 1;
                    let entry = self.entries.entry(key).or_insert((0, now));
                    entry.0 = self.uses;
                    if self.entries.len() as u64 > entries {
                        self.drop_one();
                    }
                }
            }
        }
        let now = self.now as f64;
        self.objects.retain(|&(_, until)| until > now);
    }

    /// Drops the entry that was used the longest time ago, of a few at random.
    fn drop_one(&mut self) {
        let few = self.random.below(self.entries.len() as u64 - 8) as usize;
        let few = self.entries.iter().skip(few).take(8);
        let oldest = few.min_by_key(|entry| entry.1.0).map(|entry| *entry.0);
        oldest.and_then(|key| self.entries.remove(&key));
    }

    fn begin(&mut self, rate: f64, lasting: f64) {
        for _ in 0..self.random.poisson(rate) {
            let born = self.now as f64 - self.random.unit();
            let until = match lasting.is_finite() {
                true => born + self.random.exponential(lasting),
                false => f64::INFINITY,
            };
            self.objects.push_back((born, until));
        }
    }

    /// Returns the number of objects, and how many of each of the last intervals are alive.
    pub fn ages(&self) -> (u64, Vec<u64>) {
        self.ages_of(1)
    }

    /// As [`Population::ages`], of intervals that are longer.
    pub fn ages_of(&self, length: u64) -> (u64, Vec<u64>) {
        let intervals = (self.now / length).min(WINDOW as u64);
        let mut cohorts = vec![0; intervals as usize];
        let born = self.objects.iter().map(|object| object.0);
        let born = born.chain(self.entries.values().map(|entry| entry.1));
        let mut total = 0;
        for born in born {
            total += 1;
            let age = ((self.now as f64 - born) / length as f64).ceil().max(1.0) as u64;
            if age <= intervals {
                cohorts[(intervals - age) as usize] += 1;
            }
        }
        (total, cohorts)
    }
}
