//! Families of numbers with labels, as the library that writes them reads them.

use std::collections::BTreeMap;
use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;

/// All families of one text.
#[derive(Debug)]
pub(super) struct Families(pub(super) Vec<Family>);

/// Numbers of one name, by their labels.
#[derive(Debug)]
pub(super) struct Family {
    name: &'static str,
    help: &'static str,
    unit: Option<Unit>,
    metric_type: MetricType,
    rows: BTreeMap<Labels, u64>,
}

type Labels = Vec<(&'static str, String)>;

impl Family {
    pub(super) fn gauge(name: &'static str, help: &'static str) -> Self {
        Self::new(name, help, None, MetricType::Gauge)
    }

    /// A gauge whose name gets the suffix `_bytes`.
    pub(super) fn bytes(name: &'static str, help: &'static str) -> Self {
        Self::new(name, help, Some(Unit::Bytes), MetricType::Gauge)
    }

    /// A counter, whose name gets the suffix `_total`.
    pub(super) fn counter(name: &'static str, help: &'static str) -> Self {
        Self::new(name, help, None, MetricType::Counter)
    }

    /// Labels without a number, whose name gets the suffix `_info`.
    pub(super) fn info(name: &'static str, help: &'static str) -> Self {
        Self::new(name, help, None, MetricType::Info)
    }

    fn new(
        name: &'static str,
        help: &'static str,
        unit: Option<Unit>,
        metric_type: MetricType,
    ) -> Self {
        Self {
            name,
            help,
            unit,
            metric_type,
            rows: BTreeMap::new(),
        }
    }

    /// Adds a number to what the labels have. A line with labels that another line has would make
    /// the whole text invalid.
    pub(super) fn add<const N: usize>(&mut self, labels: [(&'static str, String); N], number: u64) {
        *self.rows.entry(labels.into()).or_default() += number;
    }
}

impl Collector for Families {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), fmt::Error> {
        for family in &self.0 {
            if family.rows.is_empty() {
                continue;
            }
            let mut metric = encoder.encode_descriptor(
                family.name,
                family.help,
                family.unit.as_ref(),
                family.metric_type,
            )?;
            for (labels, &number) in &family.rows {
                match family.metric_type {
                    MetricType::Info => metric.encode_info(labels)?,
                    MetricType::Counter => {
                        ConstCounter::new(number).encode(metric.encode_family(labels)?)?;
                    }
                    _ => ConstGauge::new(number).encode(metric.encode_family(labels)?)?,
                }
            }
        }
        Ok(())
    }
}
