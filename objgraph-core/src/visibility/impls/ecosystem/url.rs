//! url.

use crate::visibility::impls::std::shapes::leaves;

leaves! {
    url::Url, |url| url.as_str().len(), of url.as_str().len();
    url::Host<String>, |host| match host {
        url::Host::Domain(name) => name.capacity(),
        url::Host::Ipv4(_) | url::Host::Ipv6(_) => 0,
    };
    url::ParseError;
}
