//! Reports as events of `tracing`.

use objgraph_analysis::watcher::WatchReport;
use tracing::warn;

/// Emits a report as one event. Its message is the first line of the report.
pub(super) fn emit(report: &WatchReport) {
    let text = report.to_string();
    let message = text.lines().next().unwrap_or_default();
    match report {
        WatchReport::Growth(growth) => warn!(
            target: "objgraph",
            report = "growth",
            r#type = (!growth.type_name.is_empty()).then_some(growth.type_name.as_str()),
            site = growth.site.as_ref().map(display),
            container = growth.container.as_deref(),
            count = growth.counts.last().copied(),
            slope = growth.slope,
            fingerprint = growth.fingerprint.map(display),
            chain = (!growth.chain.is_empty()).then_some(growth.chain.as_str()),
            "{message}"
        ),
        WatchReport::Leak(leak) => {
            let first = leak.sites.first();
            warn!(
                target: "objgraph",
                report = "leak",
                r#type = first.map(|first| first.type_name.as_str()),
                site = first.and_then(|first| first.site.as_ref()).map(display),
                count = leak.objects as u64,
                fingerprint = display(leak.fingerprint),
                chain = leak.chain.as_str(),
                is_likely = leak.is_likely,
                "{message}"
            );
        }
        WatchReport::LeftOut(left_out) => warn!(
            target: "objgraph",
            report = "left_out",
            count = left_out.reports as u64,
            "{message}"
        ),
        _ => warn!(target: "objgraph", "{message}"),
    }
}
