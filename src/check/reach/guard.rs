//! Name -> addresses, those of the public internet alone: a link must not make envoi knock at machines of this office.
//!
//! The office's own proxy (`HTTPS_PROXY` and the like, as other programs read them) is the one exception; behind it the
//! names are the proxy's business.

use std::io;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;
use ureq::{Error, Proxy};

use crate::network::is_public;

/// The system's resolver, without what is not public.
#[derive(Debug, Default)]
pub(super) struct PublicOnly(DefaultResolver);

impl Resolver for PublicOnly {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let all = self.0.resolve(uri, config, timeout)?;
        if config.proxy().map(Proxy::uri).and_then(Uri::authority) == uri.authority() {
            return Ok(all);
        }
        let mut public = self.empty();
        for address in all.iter().filter(|address| is_public(address.ip())) {
            public.push(*address);
        }
        if public.is_empty() {
            Err(Error::Io(io::Error::other("its address is not on the public internet")))
        } else {
            Ok(public)
        }
    }
}
