// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Names} from "../src/Names.sol";
import {INames, Name} from "../src/interfaces/INames.sol";
import {DevValues} from "../testing/DevValues.sol";
import {ReportFixture} from "../testing/ReportFixture.sol";
import {Rates} from "../src/interfaces/IParameters.sol";

// register
// ├── without a commitment, too early, too late, or twice   reverts
// ├── when the name is malformed                            reverts
// ├── when it is taken, reported or reserved                reverts
// ├── when the deposit is above the guard                   reverts
// ├── when it points to a model of somebody else            reverts
// └── otherwise                                             takes the deposit
// point, transfer, giveUp
// ├── by anybody but the holder                             reverts
// ├── when a report is open                                 transfer and giveUp revert
// └── otherwise                                             do as they say
// hold, unhold, free
// ├── by anybody but the court                              reverts
// └── free                                                  pays the court, reserves the name
contract NamesTest is ReportFixture {
    string private constant TEXT = "llama-3";
    bytes32 private constant ID = keccak256(bytes(TEXT));

    function test_register_TakesTheDeposit() public {
        uint256 before = token.balanceOf(HOST);
        commitName(HOST, TEXT);
        vm.roll(block.number + 1);
        vm.expectEmit(address(names));
        emit INames.NameRegistered(ID, TEXT, HOST, 0, NAME_DEPOSIT);
        vm.prank(HOST);
        eq(names.register(TEXT, 0, SALT, NAME_DEPOSIT), ID);
        eq(before - token.balanceOf(HOST), NAME_DEPOSIT);
        Name memory name = names.nameOf(ID);
        eq(name.holder, HOST);
        eq(name.deposit, NAME_DEPOSIT);
        eq(keccak256(bytes(name.text)), ID);
        eq(names.nameIdOf(TEXT), ID);
        checkSolvent();
    }

    function test_commit_IsKeptPerSender() public {
        bytes32 hash = commitName(HOST, TEXT);
        vm.expectEmit(address(names));
        emit INames.NameCommitted(hash, OUTSIDER);
        vm.prank(OUTSIDER); // a copy hinders nobody
        names.commit(hash);
        vm.prank(HOST);
        vm.expectRevert(abi.encodeWithSelector(INames.Names_AlreadyCommitted.selector, hash));
        names.commit(hash);
    }

    function test_RevertWhen_RegisteredWithoutACommitmentOfOnesOwn() public {
        commitName(HOST, TEXT);
        vm.roll(block.number + 1);
        vm.prank(OUTSIDER);
        vm.expectRevert(abi.encodeWithSelector(INames.Names_UnknownCommitment.selector, commitmentOf(OUTSIDER, TEXT)));
        names.register(TEXT, 0, SALT, NAME_DEPOSIT);
    }

    function test_RevertWhen_RegisteredTooEarlyTooLateOrTwice() public {
        commitName(HOST, TEXT);
        uint256 at = block.number;
        vm.startPrank(HOST);
        vm.expectRevert(abi.encodeWithSelector(INames.Names_TooEarly.selector, at + 1));
        names.register(TEXT, 0, SALT, NAME_DEPOSIT);
        vm.roll(at + 301);
        vm.expectRevert(abi.encodeWithSelector(INames.Names_CommitmentExpired.selector, at + 300));
        names.register(TEXT, 0, SALT, NAME_DEPOSIT);
        vm.roll(at + 300);
        names.register(TEXT, 0, SALT, NAME_DEPOSIT);
        vm.expectRevert(abi.encodeWithSelector(INames.Names_UnknownCommitment.selector, commitmentOf(HOST, TEXT)));
        names.register(TEXT, 0, SALT, NAME_DEPOSIT);
    }

    function test_RevertWhen_TheNameIsMalformed() public {
        string[10] memory bad = [
            "ab",
            "-abc",
            "abc-",
            "a--b",
            "Abc",
            "a_bc",
            "a bc",
            unicode"аbc",
            "abc\n",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        ];
        for (uint256 i = 0; i < bad.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(INames.Names_InvalidName.selector, bad[i]));
            names.nameIdOf(bad[i]);
        }
        commitName(HOST, "ab");
        vm.roll(block.number + 1);
        vm.prank(HOST);
        vm.expectRevert(abi.encodeWithSelector(INames.Names_InvalidName.selector, "ab"));
        names.register("ab", 0, SALT, NAME_DEPOSIT);
    }

    function test_nameIdOf_AcceptsEveryGoodCharacter() public view {
        names.nameIdOf("abc");
        names.nameIdOf("az-09");
        names.nameIdOf("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    }

    function test_RevertWhen_TheNameIsTaken() public {
        registerName(HOST, TEXT);
        refuseRegister(OUTSIDER, abi.encodeWithSelector(INames.Names_Taken.selector, ID, HOST));
    }

    function test_RevertWhen_TheDepositHasRisen() public {
        Rates memory rates = DevValues.rates(TREASURY);
        rates.nameDeposit += 1;
        vm.prank(parameters.timelock());
        parameters.setRates(rates);
        refuseRegister(
            HOST,
            abi.encodeWithSelector(INames.Names_DepositAboveGuard.selector, NAME_DEPOSIT + 1, NAME_DEPOSIT)
        );
    }

    function test_ANamePointsToAModelOfItsHolder() public {
        fund(OWNER);
        registerName(OWNER, TEXT);
        vm.startPrank(OWNER);
        vm.expectEmit(address(names));
        emit INames.NamePointed(ID, modelId);
        names.point(ID, modelId);
        checkResolves(OWNER, modelId);
        models.transferFrom(OWNER, HOST, modelId); // sold: the name no longer speaks for it
        checkResolves(OWNER, 0);
        names.point(ID, 0);
        eq(names.nameOf(ID).modelId, 0);
    }

    function test_RevertWhen_ItPointsToAModelOfSomebodyElse() public {
        registerName(HOST, TEXT);
        vm.startPrank(HOST);
        vm.expectRevert(abi.encodeWithSelector(INames.Names_NotModelOwner.selector, modelId, HOST));
        names.point(ID, modelId);
        vm.expectRevert(abi.encodeWithSelector(INames.Names_NotModelOwner.selector, modelId + 1, HOST));
        names.point(ID, modelId + 1);
        commitName(HOST, "another");
        vm.roll(block.number + 1);
        vm.prank(HOST);
        vm.expectRevert(abi.encodeWithSelector(INames.Names_NotModelOwner.selector, modelId, HOST));
        names.register("another", modelId, SALT, NAME_DEPOSIT);
    }

    function test_transfer_TakesTheDepositAlong() public {
        fund(OWNER);
        registerName(OWNER, TEXT);
        vm.startPrank(OWNER);
        names.point(ID, modelId);
        vm.expectEmit(address(names));
        emit INames.NameTransferred(ID, OWNER, HOST);
        names.transfer(ID, HOST);
        vm.stopPrank();
        checkResolves(HOST, 0);
        uint256 before = token.balanceOf(HOST);
        vm.prank(HOST);
        names.giveUp(ID);
        eq(token.balanceOf(HOST) - before, NAME_DEPOSIT);
        checkSolvent();
    }

    function test_release_PaysTheDepositBackAndFreesTheName() public {
        registerName(HOST, TEXT);
        vm.expectEmit(address(names));
        emit INames.NameGivenUp(ID, HOST, NAME_DEPOSIT);
        vm.prank(HOST);
        names.giveUp(ID);
        eq(names.accounted(), 0);
        eq(names.nameOf(ID).holder, address(0));
        eq(bytes(names.nameOf(ID).text).length, 0);
        registerName(OUTSIDER, TEXT);
        checkResolves(OUTSIDER, 0);
    }

    function test_RevertWhen_AnybodyElseMovesTheName() public {
        registerName(HOST, TEXT);
        bytes memory refused = abi.encodeWithSelector(INames.Names_NotHolder.selector, ID, OUTSIDER);
        vm.startPrank(OUTSIDER);
        vm.expectRevert(refused);
        names.point(ID, 0);
        vm.expectRevert(refused);
        names.transfer(ID, OUTSIDER);
        vm.expectRevert(refused);
        names.giveUp(ID);
        vm.stopPrank();
        vm.prank(HOST);
        vm.expectRevert(abi.encodeWithSelector(INames.Names_InvalidHolder.selector, address(0)));
        names.transfer(ID, address(0));
    }

    // protocol §4.8, names: while a report is open, nobody escapes with the deposit
    function test_RevertWhen_AReportedNameIsMoved() public {
        registerName(HOST, TEXT);
        fileName(ID);
        bytes memory refused = abi.encodeWithSelector(INames.Names_Reported.selector, ID, 1);
        vm.startPrank(HOST);
        vm.expectRevert(refused);
        names.transfer(ID, OUTSIDER);
        vm.expectRevert(refused);
        names.giveUp(ID);
        names.point(ID, 0); // that is still allowed
    }

    function test_AFreedNameIsReservedForTheReporter() public {
        registerName(HOST, TEXT);
        fileName(ID);
        uint64 until = uint64(block.timestamp) + 60;
        vm.expectEmit(address(names));
        emit INames.NameFreed(ID, HOST, NAME_DEPOSIT, OUTSIDER, until);
        vm.prank(address(court));
        eq(names.free(ID, OUTSIDER), NAME_DEPOSIT);
        vm.warp(until);
        refuseRegister(HOST, abi.encodeWithSelector(INames.Names_Reserved.selector, ID, OUTSIDER, until));
        registerName(OUTSIDER, TEXT);
        eq(names.nameOf(ID).holder, OUTSIDER);
    }

    function test_AfterTheReservationAnybodyMayRegister() public {
        registerName(HOST, TEXT);
        fileName(ID);
        vm.prank(address(court));
        names.free(ID, OUTSIDER);
        vm.warp(block.timestamp + 61);
        registerName(juror(0), TEXT);
        eq(names.nameOf(ID).holder, juror(0));
    }

    /// @dev Else the next holder would answer for the last one.
    function test_RevertWhen_AFreedNameIsStillReported() public {
        registerName(HOST, TEXT);
        fileName(ID);
        fileName(ID);
        vm.prank(address(court));
        names.free(ID, OUTSIDER);
        refuseRegister(OUTSIDER, abi.encodeWithSelector(INames.Names_Reported.selector, ID, 1));
        vm.prank(address(court));
        eq(names.free(ID, OUTSIDER), 0);
        vm.prank(OUTSIDER); // reserved for it, and committed above
        eq(names.register(TEXT, 0, SALT, NAME_DEPOSIT), ID);
    }

    function test_RevertWhen_AnybodyElseActsAsTheCourt() public {
        bytes memory refused = abi.encodeWithSelector(INames.Names_NotCourt.selector, OUTSIDER);
        vm.startPrank(OUTSIDER);
        vm.expectRevert(refused);
        names.hold(ID);
        vm.expectRevert(refused);
        names.unhold(ID);
        vm.expectRevert(refused);
        names.free(ID, OUTSIDER);
        vm.expectRevert(refused);
        names.bindCourt(OUTSIDER);
    }

    function test_RevertWhen_TheCourtIsBoundTwice() public {
        vm.expectRevert(abi.encodeWithSelector(INames.Names_CourtAlreadyBound.selector, address(court)));
        names.bindCourt(OUTSIDER);
        eq(names.court(), address(court));
    }

    /// @dev Against a plain reading of the rule.
    function testFuzz_nameIdOf_AcceptsExactlyTheRule(bytes32 seed, uint8 length) public {
        bytes memory text = new bytes(length % 36);
        bytes memory alphabet = "abcxyz0189-";
        for (uint256 i = 0; i < text.length; ++i) {
            uint256 pick = uint256(keccak256(abi.encode(seed, i)));
            text[i] = pick % 29 == 0 ? bytes1(uint8(pick >> 8)) : alphabet[pick % alphabet.length];
        }
        if (!isGood(text)) vm.expectRevert(abi.encodeWithSelector(INames.Names_InvalidName.selector, string(text)));
        names.nameIdOf(string(text));
    }

    function testFuzz_commit_register_ShowTheSameName(bytes32 salt, uint64 delay) public {
        vm.startPrank(HOST);
        names.commit(keccak256(abi.encode(block.chainid, address(names), HOST, TEXT, salt)));
        uint256 at = block.number;
        uint256 waited = bound(delay, 0, 400);
        vm.roll(at + waited);
        if (waited < 1) vm.expectRevert(abi.encodeWithSelector(INames.Names_TooEarly.selector, at + 1));
        if (waited > 300) vm.expectRevert(abi.encodeWithSelector(INames.Names_CommitmentExpired.selector, at + 300));
        names.register(TEXT, 0, salt, NAME_DEPOSIT);
        eq(names.accounted(), waited >= 1 && waited <= 300 ? NAME_DEPOSIT : 0);
    }

    function testFuzz_point_transfer_release_OnlyByTheHolder(address caller, uint8 action) public {
        registerName(HOST, TEXT);
        if (caller != HOST) vm.expectRevert(abi.encodeWithSelector(INames.Names_NotHolder.selector, ID, caller));
        vm.prank(caller);
        if (action % 3 == 0) names.point(ID, 0);
        else if (action % 3 == 1) names.transfer(ID, OUTSIDER);
        else names.giveUp(ID);
        checkSolvent();
    }

    function testFuzz_hold_unhold_free_OnlyByTheCourt(address caller, uint8 action) public {
        if (caller == address(court)) return;
        vm.expectRevert(abi.encodeWithSelector(INames.Names_NotCourt.selector, caller));
        vm.prank(caller);
        if (action % 3 == 0) names.hold(ID);
        else if (action % 3 == 1) names.unhold(ID);
        else names.free(ID, caller);
    }

    function testFuzz_bindCourt_OnlyByTheDeployer(address caller, address court_) public {
        Names fresh = new Names(parameters, models);
        if (caller != address(this)) vm.expectRevert(abi.encodeWithSelector(INames.Names_NotCourt.selector, caller));
        vm.prank(caller);
        fresh.bindCourt(court_);
        eq(fresh.court(), caller == address(this) ? court_ : address(0));
    }

    function commitmentOf(address who, string memory text) private view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(names), who, text, SALT));
    }

    function commitName(address who, string memory text) private returns (bytes32 hash) {
        hash = commitmentOf(who, text);
        vm.stopPrank();
        vm.prank(who);
        names.commit(hash);
    }

    function refuseRegister(address who, bytes memory error) private {
        commitName(who, TEXT);
        vm.roll(block.number + 1);
        vm.prank(who);
        vm.expectRevert(error);
        names.register(TEXT, 0, SALT, NAME_DEPOSIT);
    }

    function checkResolves(address holder, uint256 model) private view {
        (address holder_, uint256 model_) = names.resolve(ID);
        eq(holder_, holder);
        eq(model_, model);
    }

    function isGood(bytes memory text) private pure returns (bool) {
        if (text.length < 3 || text.length > 32 || text[0] == "-" || text[text.length - 1] == "-") return false;
        for (uint256 i = 0; i < text.length; ++i) {
            uint8 c = uint8(text[i]);
            if (!((c >= 97 && c <= 122) || (c >= 48 && c <= 57) || c == 45)) return false;
            if (i > 0 && c == 45 && text[i - 1] == "-") return false;
        }
        return true;
    }
}
