// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReportStage} from "./ReportStage.sol";
import {LeakReport, Outcome, Report, ReportKind, ReportState, Vote} from "../../src/interfaces/ILeakCourt.sol";

/// @notice What reporters, jurors, appellants and the judge do. Committees vote in one action, but for those who stay
/// away.
abstract contract ReportActions is ReportStage {
    bytes32 private constant SALT = "salt";

    mapping(uint256 reportId => mapping(address juror => Vote)) private votes;
    mapping(uint256 reportId => bool) public isRuled;

    function reportLeak(uint256 seed, uint256 license) external {
        LeakReport memory p;
        (p.modelId, p.licenseId) = (modelId, license % 3 == 0 ? 0 : 1 + (license % licenses.licenseCount()));
        p.endpoint = seed % 2 == 0 ? "https://one.example" : "https://two.example";
        vm.prank(OUTSIDER);
        court.reportLeak(p);
    }

    function reportName(uint256 seed) external {
        bytes32 nameId = keccak256(bytes(seed % 2 == 0 ? "acme" : "globex"));
        unless(names.nameOf(nameId).holder == address(0));
        vm.prank(OUTSIDER);
        must(address(court), abi.encodeCall(court.reportName, (nameId, "evidence", "")));
    }

    function drawCommittee(uint256 seed) external {
        uint256 reportId = pick(seed, ReportState.DRAWING, ReportState.DRAWING);
        vm.roll(block.number + 3);
        must(address(court), abi.encodeCall(court.drawCommittee, (reportId)));
    }

    /// @notice Nobody draws for so long that the beacon is out of reach: another one is set.
    function missBeacon(uint256 seed) external {
        uint256 reportId = pick(seed, ReportState.DRAWING, ReportState.DRAWING);
        vm.roll(block.number + 300);
        must(address(court), abi.encodeCall(court.drawCommittee, (reportId)));
        check(court.report(reportId).state == ReportState.DRAWING, "drawn from a beacon out of reach");
    }

    /// @notice Most jurors say the same; a bit of `away` says who stays away.
    function commitVotes(uint256 seed, uint8 away) external {
        uint256 reportId = pick(seed, ReportState.VOTING, ReportState.VOTING);
        Report memory it = court.report(reportId);
        unless(block.timestamp > it.voteBy);
        uint256 most = it.licenseId == 0 ? 2 : 3;
        address[] memory seats = court.committee(reportId);
        for (uint256 i = 0; i < seats.length; ++i) {
            if ((away >> i) & 1 == 1 || votes[reportId][seats[i]] != Vote.NONE) continue;
            Vote vote = Vote(1 + ((i == 0 ? seed / 7 : uint256(keccak256(abi.encode(reportId)))) % most));
            votes[reportId][seats[i]] = vote;
            bytes32 commitment = keccak256(
                abi.encode(block.chainid, address(court), reportId, seats[i], vote, bytes32(0), SALT)
            );
            vm.prank(seats[i]);
            must(address(court), abi.encodeCall(court.commitVote, (reportId, commitment)));
        }
    }

    function revealVotes(uint256 seed, uint8 silent) external {
        uint256 reportId = pick(seed, ReportState.VOTING, ReportState.VOTING);
        Report memory it = court.report(reportId);
        unless(block.timestamp > it.revealBy || (it.committed < it.seats && block.timestamp <= it.voteBy));
        address[] memory seats = court.committee(reportId);
        for (uint256 i = 0; i < seats.length; ++i) {
            (, Vote shown) = court.voteOf(reportId, seats[i]);
            Vote vote = votes[reportId][seats[i]];
            if ((silent >> i) & 1 == 1 || vote == Vote.NONE || shown != Vote.NONE) continue;
            vm.prank(seats[i]);
            must(address(court), abi.encodeCall(court.revealVote, (reportId, vote, SALT, 0, "")));
        }
    }

    function decide(uint256 seed) external {
        uint256 reportId = pick(seed, ReportState.VOTING, ReportState.VOTING);
        Report memory it = court.report(reportId);
        unless(it.inconclusive + it.matches + it.traced < it.seats && block.timestamp <= it.revealBy);
        bytes32 before = bonds();
        must(address(court), abi.encodeCall(court.decide, (reportId)));
        check(bonds() == before, "a verdict reached an account bond");
        it = court.report(reportId);
        bool agree = 3 * (uint256(it.matches) + it.traced) >= 2 * uint256(it.seats);
        check(agree == (it.outcome >= Outcome.UPHELD), "a verdict without two thirds");
    }

    function appeal(uint256 seed) external {
        uint256 reportId = pick(seed, ReportState.DECIDED, ReportState.DECIDED);
        unless(block.timestamp > court.report(reportId).appealBy);
        court.appeal{value: 1 gwei}(reportId);
    }

    function rule(uint256 seed, uint256 ruling) external {
        uint256 reportId = pick(seed, ReportState.APPEALED, ReportState.APPEALED);
        Report memory it = court.report(reportId);
        ruling %= it.licenseId == 0 ? 3 : 4;
        vm.prank(JUDGE);
        must(address(arbitrator), abi.encodeCall(arbitrator.giveRuling, (it.disputeId, ruling)));
        isRuled[reportId] = true;
    }

    function close(uint256 seed) external {
        uint256 reportId = pick(seed, ReportState.DECIDED, ReportState.APPEALED);
        unless(block.timestamp <= court.report(reportId).appealBy);
        end(reportId);
    }

    function closeRuled(uint256 seed) external {
        end(pick(seed, ReportState.RULED, ReportState.RULED));
    }

    function withdraw(uint256 who) external {
        address payee = someone(who);
        for (uint256 i = 0; court.owed(payee) == 0; ++i) {
            unless(i == JURORS);
            payee = jurors[i];
        }
        unless(token.refuses(payee));
        uint256 due = court.owed(payee);
        uint256 before = token.balanceOf(payee);
        must(address(court), abi.encodeCall(court.withdraw, (payee)));
        check(token.balanceOf(payee) - before == due, "a credit was paid in part");
    }

    function refuse(uint256 who) external {
        address account = someone(who);
        token.refuse(account, !token.refuses(account) && who % 4 == 0);
    }

    function someone(uint256 who) internal view returns (address) {
        address[6] memory all = [OWNER, HOST, CROOK, OUTSIDER, BURNED, jurors[(who / 6) % JURORS]];
        return all[who % 6];
    }

    function end(uint256 reportId) private {
        bytes32 before = bonds();
        must(address(court), abi.encodeCall(court.close, (reportId)));
        check(bonds() == before, "the end of a report reached an account bond");
        Report memory it = court.report(reportId);
        check(
            it.state == ReportState.CLOSED &&
                it.enforced == (it.kind == ReportKind.NAME ? Outcome.UNDECIDED : it.outcome),
            "a report ended half"
        );
    }
}
