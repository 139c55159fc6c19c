//! `Certificate`: a certificate authority of a test's own and one server certificate signed by it.
//! Names in, PEM and a rustls configuration out. Nothing is cached: each server has its own authority, so that
//! trusting one is never trusting another.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// A server certificate, its key and the authority that signed it.
pub struct Certificate {
    /// The authority's certificate, which a client has to trust.
    pub authority_pem: String,
    /// The server's certificate.
    pub server_pem: String,
    /// The server's private key (PKCS #8).
    pub key_pem: String,
    server_der: CertificateDer<'static>,
    key_der: Vec<u8>,
}

impl Certificate {
    /// A certificate for `localhost` and `127.0.0.1`.
    #[must_use]
    pub fn for_loopback() -> Self {
        Self::for_names(["localhost", "127.0.0.1"])
    }

    /// A certificate for these host names and IP addresses.
    #[must_use]
    pub fn for_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut of_authority = CertificateParams::default();
        of_authority.distinguished_name.push(DnType::CommonName, "the test's own authority");
        of_authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        of_authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let authority = CertifiedIssuer::self_signed(of_authority, key()).expect("an authority signs itself");

        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        let of_server = CertificateParams::new(names).expect("host names and addresses are valid");
        let server_key = key();
        let server = of_server.signed_by(&server_key, &authority).expect("the authority signs the server");

        Self {
            authority_pem: authority.pem(),
            server_pem: server.pem(),
            key_pem: server_key.serialize_pem(),
            server_der: server.der().clone(),
            key_der: server_key.serialize_der(),
        }
    }

    /// The configuration of a TLS server that shows this certificate.
    pub fn server_config(&self) -> Arc<ServerConfig> {
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(self.key_der.clone()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring speaks the default versions of TLS")
            .with_no_client_auth()
            .with_single_cert(vec![self.server_der.clone()], key)
            .expect("the key belongs to the certificate");
        Arc::new(config)
    }
}

fn key() -> KeyPair {
    KeyPair::generate().expect("ring makes a key")
}
