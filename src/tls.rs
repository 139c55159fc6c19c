//! TLS as a client: which certificates are believed. The system's authorities and perhaps one of our own ->
//! [`TlsConnector`]. A certificate is always checked; there is no way to leave that out.

use std::path::Path;
use std::sync::Arc;

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::error::{Error, Result, Trouble};

/// A connector that believes the system's authorities, and the one in a file (PEM).
pub fn connector(ca: Option<&Path>) -> Result<TlsConnector> {
    let mut roots = RootCertStore::empty();
    let system = rustls_native_certs::load_native_certs();
    for certificate in system.certs {
        // a system may hold a certificate that rustls can't read; it is then not believed
        let _ = roots.add(certificate);
    }
    if let Some(path) = ca {
        let pem = std::fs::read(path).map_err(Error::file("read", path))?;
        let unreadable = || Error::Refused(Trouble::new(format!("`{}` is no certificate in PEM form", path.display())));
        let mut added = 0;
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            roots.add(certificate.map_err(|_| unreadable())?).map_err(|_| unreadable())?;
            added += 1;
        }
        if added == 0 {
            return Err(unreadable());
        }
    }
    if roots.is_empty() {
        let causes: Vec<String> = system.errors.iter().map(ToString::to_string).collect();
        let trouble = Trouble::new("this machine has no certificate authorities that could be believed").hint(
            "install them (on Debian the package `ca-certificates`), or name one's certificate with `ca = \"…\"`",
        );
        return Err(Error::Refused(if causes.is_empty() { trouble } else { trouble.because(causes.join("; ")) }));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Refused(Trouble::new("TLS cannot be set up on this machine").because(error)))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
