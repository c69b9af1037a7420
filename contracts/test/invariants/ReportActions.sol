// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReportStage} from "./ReportStage.sol";
import {Committee, CommitteeState} from "../../src/interfaces/ICommittees.sol";
import {ICredits} from "../../src/interfaces/ICredits.sol";
import {LeakReport, Outcome, Report, ReportKind, ReportState} from "../../src/interfaces/ILeakCourt.sol";

/// @notice What reporters, jurors, appellants and the judge do. Committees vote in one action, but for those who stay
/// away.
abstract contract ReportActions is ReportStage {
    bytes32 private constant SALT = "salt";

    mapping(uint256 committeeId => mapping(uint8 draw => mapping(address juror => uint8))) private votes;
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

    /// @notice Draws what a few looks show.
    function draw(uint256 seed, uint256 looks) external {
        uint256 id = pickCommittee(seed, CommitteeState.DRAWING);
        uint64 round = committees.committee(id).round;
        if (!beacon.isPosted(round) && !beacon.isVoid(round)) {
            if (block.number <= round) vm.roll(round + 1);
            must(address(beacon), abi.encodeCall(beacon.post, (round, "")));
        }
        must(address(committees), abi.encodeCall(committees.draw, (id, bound(looks, 1, 20))));
    }

    /// @notice Nobody posts for so long that the round is void: there is no committee.
    function missRound(uint256 seed) external {
        unless(seed % 4 != 0);
        uint256 id = pickCommittee(seed / 4, CommitteeState.DRAWING);
        uint64 round = committees.committee(id).round;
        unless(beacon.isPosted(round));
        vm.roll(block.number + 300);
        must(address(committees), abi.encodeCall(committees.draw, (id, 1)));
        check(committees.committee(id).state == CommitteeState.UNSEATED, "drawn from a void round");
    }

    /// @notice Most jurors say the same; a bit of `away` says who stays away.
    function commitVotes(uint256 seed, uint8 away) external {
        uint256 id = pickCommittee(seed, CommitteeState.VOTING);
        Committee memory it = committees.committee(id);
        unless(block.timestamp > it.voteBy);
        address[] memory seats = committees.jurors(id);
        for (uint256 i = 0; i < seats.length; ++i) {
            if ((away >> i) & (away >> 4) & 1 == 1 || votes[id][it.draw][seats[i]] != 0) continue;
            uint8 vote = uint8(1 + ((i == 0 ? seed / 7 : uint256(keccak256(abi.encode(id)))) % it.choices));
            votes[id][it.draw][seats[i]] = vote;
            bytes32 commitment = keccak256(
                abi.encode(block.chainid, address(committees), id, seats[i], vote, bytes32(0), SALT)
            );
            vm.prank(seats[i]);
            must(address(committees), abi.encodeCall(committees.commitVote, (id, commitment)));
        }
    }

    function revealVotes(uint256 seed, uint8 silent) external {
        uint256 id = pickCommittee(seed, CommitteeState.VOTING);
        Committee memory it = committees.committee(id);
        unless(block.timestamp > it.revealBy || (it.committed < it.seats && block.timestamp <= it.voteBy));
        unless(3 * uint256(it.committed) < 2 * uint256(it.seats));
        address[] memory seats = committees.jurors(id);
        for (uint256 i = 0; i < seats.length; ++i) {
            uint8 vote = votes[id][it.draw][seats[i]];
            if ((silent >> i) & (silent >> 4) & 1 == 1 || vote == 0) continue;
            if (committees.ballotOf(id, seats[i]).vote != 0) continue;
            vm.prank(seats[i]);
            must(address(committees), abi.encodeCall(committees.revealVote, (id, vote, SALT, 0, "")));
        }
    }

    function count(uint256 seed) external {
        uint256 id = pickCommittee(seed, CommitteeState.VOTING);
        Committee memory it = committees.committee(id);
        bool tooFew = block.timestamp > it.voteBy && 3 * uint256(it.committed) < 2 * uint256(it.seats);
        unless(it.shown < it.seats && block.timestamp <= it.revealBy && !tooFew);
        must(address(committees), abi.encodeCall(committees.count, (id)));
        Committee memory counted = committees.committee(id);
        bool enough = 3 * uint256(it.shown) >= 2 * uint256(it.seats);
        check(enough == (counted.state == CommitteeState.COUNTED), "counted without two thirds");
        check(counted.draw <= 3, "drawn a fourth time");
    }

    function decide(uint256 seed) external {
        uint256 reportId = pick(seed, ReportState.HEARD, ReportState.HEARD);
        Committee memory heard = committees.committee(court.report(reportId).committeeId);
        unless(heard.state < CommitteeState.COUNTED);
        bytes32 before = bonds();
        must(address(court), abi.encodeCall(court.decide, (reportId)));
        check(bonds() == before, "a verdict reached an account bond");
        bool agree =
            heard.state == CommitteeState.COUNTED &&
                3 * (uint256(heard.votes[2]) + heard.votes[3]) >= 2 * uint256(heard.seats);
        check(agree == (court.report(reportId).outcome >= Outcome.UPHELD), "a verdict without two thirds");
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
        ICredits from = who % 2 == 0 ? ICredits(court) : ICredits(committees);
        address payee = someone(who / 2);
        for (uint256 i = 0; from.owed(payee) == 0; ++i) {
            unless(i == JURORS);
            payee = jurors[i];
        }
        unless(token.refuses(payee));
        uint256 due = from.owed(payee);
        uint256 before = token.balanceOf(payee);
        must(address(from), abi.encodeCall(from.withdraw, (payee)));
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
