//! The relay, seen from outside: its addresses, and the version of TLS that it speaks. Nobody logs in and nothing is
//! sent.

use std::net::IpAddr;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::rustls::ProtocolVersion;
use tokio_rustls::rustls::pki_types::ServerName;

use super::dns::{Answer, Dns};
use crate::error::Result;
use crate::project::{Project, Relay, Tls};
use crate::tls;

/// How long the relay may take for all of it.
const PATIENCE: Duration = Duration::from_secs(20);

/// The longest answer that is read, in bytes.
const LONGEST: u64 = 64 * 1024;

/// The relay's addresses; it may be named by one.
pub(super) async fn addresses(dns: &Dns, relay: &Relay) -> Answer<IpAddr> {
    if let Ok(address) = relay.host.parse() {
        return Answer::Found(vec![address]);
    }
    if relay.host.eq_ignore_ascii_case("localhost") {
        return Answer::Found(vec![IpAddr::from([127, 0, 0, 1])]);
    }
    dns.addresses(&relay.host).await
}

/// The version of TLS that the relay speaks, or why there is none.
pub(super) async fn tls_version(project: &Project, relay: &Relay) -> Result<Result<&'static str, String>> {
    let ca = relay.ca.as_ref().map(|ca| project.root.join(ca));
    let connector = tls::connector(ca.as_deref())?;
    let greet = async {
        let Ok(name) = ServerName::try_from(relay.host.clone()) else {
            return Err(format!("`{}` is no host name", relay.host));
        };
        let mut tcp =
            TcpStream::connect((relay.host.as_str(), relay.port())).await.map_err(|error| error.to_string())?;
        if relay.tls == Tls::Required {
            starttls(&mut tcp).await?;
        }
        let stream = connector.connect(name, tcp).await.map_err(|error| error.to_string())?;
        match stream.get_ref().1.protocol_version() {
            Some(ProtocolVersion::TLSv1_3) => Ok("TLS 1.3"),
            Some(ProtocolVersion::TLSv1_2) => Ok("TLS 1.2"),
            _ => Err("it speaks a version of TLS that is not known".to_owned()),
        }
    };
    Ok(tokio::time::timeout(PATIENCE, greet).await.unwrap_or_else(|_| Err("it does not answer".to_owned())))
}

/// Asks for TLS (RFC 3207).
async fn starttls(tcp: &mut TcpStream) -> Result<(), String> {
    for (line, code) in [("", "220"), ("EHLO localhost\r\n", "250"), ("STARTTLS\r\n", "220")] {
        tcp.write_all(line.as_bytes()).await.map_err(|error| error.to_string())?;
        let answer = reply(tcp).await?;
        if !answer.starts_with(code) {
            let answer: String = answer.chars().filter(|c| !c.is_control()).take(200).collect();
            return Err(format!("it answers to {}: {answer}", if line.is_empty() { "nothing" } else { line.trim() }));
        }
    }
    Ok(())
}

/// The last line of a reply.
async fn reply(tcp: &mut TcpStream) -> Result<String, String> {
    let mut reader = BufReader::new(tcp.take(LONGEST));
    loop {
        let mut line = Vec::new();
        let read = reader.read_until(b'\n', &mut line).await.map_err(|error| error.to_string())?;
        if read == 0 {
            return Err("it hung up".to_owned());
        }
        let line = String::from_utf8_lossy(&line).into_owned();
        if line.as_bytes().get(3) != Some(&b'-') {
            return Ok(line);
        }
    }
}
