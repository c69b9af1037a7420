// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Receipt} from "../src/interfaces/Claims.sol";
import {IBlames} from "../src/interfaces/IBlames.sol";
import {IClaimCourt} from "../src/interfaces/IClaimCourt.sol";
import {IHostAccounts} from "../src/interfaces/IHostAccounts.sol";
import {Suspension} from "../src/interfaces/ILicenseRegistry.sol";
import {ITitleBonds} from "../src/interfaces/ITitleBonds.sol";
import {Fixture} from "../testing/Fixture.sol";

// What a court does to accounts, licenses and title bonds   nobody else does, whoever calls
// What the deployer bound                                   nobody binds again
// What is not there: marks, claims, covers, a right         is refused by its number, whatever it is
// reinstateAccount                                          by anyone, if and only if the account is covered
contract StrangersTest is Fixture {
    function setUp() public {
        deployAll();
        modelId = mintModel(OWNER, "model", 5_000);
        openAccount(HOST, SIGNER_KEY, BOND);
        licenseId = accept(HOST, modelId);
        serve(OWNER, licenseId);
        vm.prank(OWNER);
        titles.post(modelId, 20 * DOLLAR);
        titles.reserve(licenseId);
    }

    function testFuzz_NobodyElseIsTheCourt(address caller, uint256 amount) public {
        vm.assume(caller != address(court));
        bytes memory refusal = abi.encodeWithSelector(IHostAccounts.LicenseRegistry_NotCourt.selector, caller);
        refused(address(licenses), caller, abi.encodeCall(licenses.suspendAccount, (HOST)), refusal);
        refused(address(licenses), caller, abi.encodeCall(licenses.closeAccount, (HOST)), refusal);
        refused(address(licenses), caller, abi.encodeCall(licenses.closeLicense, (licenseId)), refusal);
        refusal = abi.encodeWithSelector(ITitleBonds.TitleBonds_NotCourt.selector, caller);
        refused(address(titles), caller, abi.encodeCall(titles.hold, (licenseId)), refusal);
        refused(address(titles), caller, abi.encodeCall(titles.unhold, (licenseId)), refusal);
        refused(address(titles), caller, abi.encodeCall(titles.take, (licenseId, amount)), refusal);
        require(licenses.suspensionOf(licenseId) == Suspension.NONE, "nothing happened");
        eq(titles.coverOf(licenseId), 20 * DOLLAR);
    }

    function testFuzz_NobodyBindsAgain(address caller, address other) public {
        refused(address(models), caller, abi.encodeCall(models.bindBlameCourt, (other)), "");
        refused(address(verifiers), caller, abi.encodeCall(verifiers.bindCommittees, (other)), "");
        refused(address(models), address(this), abi.encodeCall(models.bindBlameCourt, (other)), "");
        refused(address(verifiers), address(this), abi.encodeCall(verifiers.bindCommittees, (other)), "");
        require(models.blameCourt() == address(blames), "bound");
    }

    function testFuzz_ATitleBondLeavesToItsOwnerAlone(address caller) public {
        vm.assume(caller != OWNER);
        vm.prank(OWNER);
        titles.announceExit(modelId, 20 * DOLLAR);
        vm.warp(block.timestamp + 120);
        refused(address(titles), caller, abi.encodeCall(titles.withdraw, (modelId)), "");
    }

    function testFuzz_EditionsAreRecordedByWhoDelivers(address caller, bytes32 digest) public {
        vm.assume(caller != OWNER && digest != 0);
        bytes memory record = abi.encodeCall(blames.recordEdition, (licenseId, 7, digest));
        refused(
            address(blames),
            caller,
            record,
            abi.encodeWithSelector(IBlames.Blames_NotDeliverer.selector, licenseId, caller)
        );
        vm.prank(OWNER);
        blames.recordEdition(licenseId, 7, digest);
        require(blames.fileDigestOf(licenseId, 7) == digest, "recorded");
    }

    function testFuzz_WhatIsNotThereIsRefused(address caller, uint256 blameId, Receipt calldata receipt) public {
        refused(
            address(blames),
            caller,
            abi.encodeCall(blames.appealMarks, (blameId)),
            abi.encodeWithSelector(IBlames.Blames_NothingMarked.selector, blameId)
        );
        Receipt[] memory receipts = new Receipt[](1);
        receipts[0] = receipt;
        bytes memory refusal = abi.encodeWithSelector(
            IClaimCourt.ClaimCourt_WrongState.selector,
            court.receiptDigest(receipt),
            0
        );
        refused(address(court), caller, abi.encodeCall(court.cure, (receipts)), refusal);
        refusal = abi.encodeWithSelector(ITitleBonds.TitleBonds_NotOver.selector, licenseId);
        refused(address(titles), caller, abi.encodeCall(titles.returnCover, (licenseId)), refusal);
    }

    function testFuzz_ACoveredAccountIsReinstated(address caller, uint256 lacking) public {
        lacking = bound(lacking, 1, RESERVED);
        vm.startPrank(address(court));
        licenses.contest(HOST, BOND);
        licenses.take(HOST, BOND, BOND - RESERVED + lacking, true);
        licenses.suspendAccount(HOST);
        vm.stopPrank();
        bytes memory reinstate = abi.encodeCall(licenses.reinstateAccount, (HOST));
        bytes memory refusal = abi.encodeWithSelector(IHostAccounts.LicenseRegistry_NotCovered.selector, HOST);
        refused(address(licenses), caller, reinstate, refusal);
        vm.startPrank(OUTSIDER);
        if (lacking > 1) licenses.depositBond(HOST, lacking - 1);
        vm.stopPrank();
        refused(address(licenses), caller, reinstate, refusal);
        vm.prank(OUTSIDER);
        licenses.depositBond(HOST, 1); // covers it again
        eq(accountOf(HOST).suspendedAt, 0);
    }

    /// @dev An empty refusal is any.
    function refused(address target, address caller, bytes memory call, bytes memory refusal) private {
        vm.prank(caller);
        (bool ok, bytes memory reverted) = target.call(call);
        require(!ok && (refusal.length == 0 || keccak256(reverted) == keccak256(refusal)), "refused");
    }
}
