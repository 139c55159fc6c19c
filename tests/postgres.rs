//! The ledger on PostgreSQL: the same commands as on a file, and nothing in clear that ought to be protected.

mod support;

use support::{Newsroom, Postbox, Postgres, Service, need};

#[test]
fn a_send_runs_on_postgresql_as_it_does_on_a_file() {
    if !need(Service::Postgres) {
        return;
    }
    let postgres = Postgres::new().start();
    let postbox = Postbox::new().rejecting("ben@example.com", 550, "5.1.1 no such user").start();
    let room = Newsroom::new()
        .issue("2026-11", "subject = \"Ferry back in service\"")
        .article("2026-11", "lead", "Ferry back in service", "It sails at nine.")
        .subscribers(["ada@example.com", "ben@example.com", "cy@example.com"])
        .relay(&postbox)
        .config(&format!("[ledger]\nurl = \"{}\"", postgres.url()));
    let _ = room.run("status").exit(0).stdout("nothing was sent yet\n");
    let _ = room.run("send 2026-11 --yes").exit(3).stdout_has("2 accepted, 1 rejected");
    let _ = room.run("send 2026-11 --yes").exit(0).stdout("nothing is left to send\n");
    let _ = room.run("status 2026-11").exit(0).stdout_has("ben@example.com").stdout_has("no such user");
    assert_eq!(postgres.ask("SELECT reason, address FROM suppressions"), "bounced|ben@example.com");
    assert_eq!(postgres.ask("SELECT count(*) FROM workers"), "0");
    assert!(!room.exists("ledger.db"));
}
