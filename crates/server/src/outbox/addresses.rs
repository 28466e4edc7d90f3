//! To which addresses a webhook may be sent: only to those of the open internet, unless the landlord
//! allows others. Who can name an address must not be able to have this service ask around in the
//! landlord's own network (SSRF).
//!
//! The address that counts is the one that is connected to. A name is looked up here, by the client
//! that connects, and what is refused is never handed to it: a name that leads elsewhere the second
//! time (DNS rebinding) gains nothing.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Why nothing may be sent to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is not one.
    #[error("it is no address such as https://www.example.org/webhooks")]
    NoAddress,
    /// What is sent would be readable on its way.
    #[error("it must begin with https://")]
    NotHttps,
    /// A name and password in an address end up in logs; the signature says who sends.
    #[error("it must not have a name or password in it")]
    Credentials,
    /// It leads into the landlord's own network, or to this machine.
    #[error(
        "it leads to an address that is not on the open internet; --allow-private-webhooks allows it"
    )]
    Private,
}

/// Reads the address of an endpoint, and refuses one to which nothing may be sent. A name is not
/// looked up: that is done each time when it is connected to.
///
/// # Errors
///
/// Why not.
pub fn check(text: &str, allow_private: bool) -> Result<Url, Refused> {
    let url = Url::parse(text).map_err(|_| Refused::NoAddress)?;
    let host = url.host_str().ok_or(Refused::NoAddress)?;
    match url.scheme() {
        "https" => {}
        "http" if allow_private => {}
        "http" => return Err(Refused::NotHttps),
        _ => return Err(Refused::NoAddress),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refused::Credentials);
    }
    // The client does not look up what is a number already. `Url` has brought every way to write
    // one (0x7f.1, 2130706433) into the usual one.
    let number = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    match number {
        Ok(number) if !allow_private && !is_public(number) => Err(Refused::Private),
        Ok(_) | Err(_) => Ok(url),
    }
}

/// Looks names up for the client, and keeps back every address that is not public.
#[derive(Debug)]
pub struct Resolver {
    /// Whether all addresses are good.
    pub allow_private: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            // The port is that of the address; 0 stands for it.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let good: Vec<SocketAddr> =
                found.filter(|it| allow_private || is_public(it.ip())).collect();
            if good.is_empty() {
                return Err(io::Error::other(Refused::Private).into());
            }
            Ok(Box::new(good.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is one of the open internet.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// By the registry of special-purpose addresses (RFC 6890 and IANA's list).
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = a == 0
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        // Carrier-grade NAT (RFC 6598).
        || (a == 100 && (64..128).contains(&b))
        // IETF protocols, 6to4 relays, benchmarks, AS112.
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19))
        || address.is_documentation()
        || address.is_multicast()
        // Reserved, and broadcast.
        || a >= 240;
    !is_special
}

/// Only global unicast is public, and of that nothing that has an IPv4 address in it.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    // ::ffff:127.0.0.1 reaches 127.0.0.1. It is none of these, as nobody needs this form of an address.
    let is_global_unicast = segments[0] & 0xe000 == 0x2000;
    // Teredo and ORCHID (2001::/23), documentation, 6to4 (it holds an IPv4 address).
    let is_special = (segments[0] == 0x2001 && (segments[1] < 0x0200 || segments[1] == 0x0db8))
        || (segments[0] == 0x3fff && segments[1] < 0x1000)
        || segments[0] == 0x2002;
    is_global_unicast && !is_special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_open_internet_are_public() {
        for private in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:8.8.8.8",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "fc00::1",
            "fd12:3456:789a::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in ["1.1.1.1", "100.63.255.255", "100.128.0.1", "172.32.0.1", "2606:4700::1111"]
        {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn a_number_is_refused_however_it_is_written() {
        for text in [
            "https://127.0.0.1/",
            "https://127.1/",
            "https://0x7f.1/",
            "https://2130706433/",
            "https://017700000001/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://169.254.169.254/latest/meta-data/",
            "https://①②⑦.⓪.⓪.①/",
        ] {
            assert_eq!(check(text, false), Err(Refused::Private), "{text}");
            assert!(check(text, true).is_ok(), "{text}");
        }
    }

    #[test]
    fn an_address_is_https_and_has_no_password() {
        assert!(check("https://crm.example.org:8443/hooks?of=halton", false).is_ok());
        assert_eq!(check("http://crm.example.org/", false), Err(Refused::NotHttps));
        assert!(check("http://crm.internal/", true).is_ok());
        assert_eq!(check("https://me:pass@crm.example.org/", false), Err(Refused::Credentials));
        for text in ["", "crm.example.org", "ftp://crm.example.org/", "file:///etc/passwd"] {
            assert_eq!(check(text, true), Err(Refused::NoAddress), "{text}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_not_connected_to() {
        let name = || "localhost".parse::<Name>().unwrap();
        let refused = Resolver { allow_private: false }.resolve(name()).await;
        assert!(refused.is_err());
        let allowed = Resolver { allow_private: true }.resolve(name()).await;
        assert!(allowed.unwrap().all(|it| it.ip().is_loopback()));
    }
}
